import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import paramiko
import pytest
from openstack.exceptions import SDKException

from lab.errors import Broken, LabError, Layer, Overdue, TooLate
from lab.evidence.collection import (
    Failure,
    collect_failure,
    namespaces_of,
    sick_containers,
    silent_machines,
)
from lab.evidence.layer import judge
from lab.evidence.machine import collect_machine, commands, limited, namespace_command
from lab.evidence.page import page
from lab.evidence.project import ProjectState, state_of
from lab.evidence.way import ends_of, follow
from lab.evidence.window import Window
from lab.project import Project

WINDOW = Window(1893499200.4, 1893499260.2)
LOGS = """==> /srv/dietstack/log/nova/compute.log <==
2030-01-31 12:00:01.000 1 ERROR nova broken
==> /srv/dietstack/log/nova/api.log <==
==> dietstack-nova-api <==
uwsgi died
"""


class FakeMachine:
    """A machine that says the same to every command, or nothing at all."""

    def __init__(self, name: str = "compute1", says: str | None = "") -> None:
        self.name = name
        self._says = says
        self.asked: list[str] = []

    def output(self, command: str) -> str:
        self.asked.append(command)
        if self._says is None:
            raise LabError(Layer.MACHINE, "no answer")
        return self._says

    def console(self) -> str:
        return "login:"


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """ERROR as it comes after CAUSE."""
    error.__cause__ = cause
    return error


def test_window_is_cut_at_whole_seconds() -> None:
    assert (WINDOW.since, WINDOW.until) == (1893499200, 1893499261)
    assert WINDOW.from_text == "2030-01-01 12:00:00"


@pytest.mark.parametrize(
    ("error", "layer"),
    [
        (TooLate(Layer.DHCP, "no lease"), Layer.DHCP),
        (raised(AssertionError("not so"), Broken(Layer.NFS, "no mount")), Layer.NFS),
        (paramiko.SSHException("no banner"), Layer.GUEST),
        (SDKException("Quota exceeded for cores"), Layer.QUOTA),
        (AssertionError("1 != 2"), None),
    ],
)
def test_layer_is_what_the_error_says(error: BaseException, layer: Layer | None) -> None:
    assert judge(error).layer == layer


def test_layer_is_what_is_sick_around_an_assertion() -> None:
    error = AssertionError("1 != 2")
    sick = ["control: dietstack-nova-api Up (unhealthy)"]
    assert judge(error, ["compute1"], ["no quota"], sick).layer == Layer.MACHINE
    assert judge(error, [], ["Failed to allocate the network(s)"], sick).layer == Layer.NETWORK
    assert judge(error, [], [], sick).layer == Layer.SERVICE


def test_what_is_sick_explains_a_test_that_took_too_long() -> None:
    late = Overdue(Layer.SERVICE, "the test took longer than its 900 s")
    assert judge(late, ["compute1"]).layer == Layer.MACHINE
    assert str(judge(late)) == "layer service: the test took longer than its 900 s"


END = "the way ends: tap1 on compute1: device: it is down"


@pytest.mark.parametrize(
    ("end", "layer"),
    [
        (END, Layer.NETWORK),
        ("the way ends: vxlan-7 on compute1: FDB: no entry", Layer.VXLAN),
        ("the way ends: way to 10.0.0.2 on compute1: ping: no answer", Layer.VXLAN),
        ("the way ends: qdhcp-1 on control: dnsmasq: it does not run", Layer.DHCP),
        ("the way ends: server web: state: it is off", Layer.GUEST),
    ],
)
def test_a_way_that_ends_explains_a_test_that_took_too_long(end: str, layer: Layer) -> None:
    verdict = judge(Overdue(Layer.SERVICE, "900 s"), ends=[end])
    assert (verdict.layer, verdict.reason) == (layer, end)
    assert judge(AssertionError("1 == 2"), ends=[end]).reason == "AssertionError: 1 == 2"


def test_where_a_way_ends_is_added_to_what_is_about_the_network() -> None:
    assert judge(TooLate(Layer.NETWORK, "no ping"), ends=[END]).reason == f"no ping; {END}"
    assert judge(TooLate(Layer.NFS, "no mount"), ends=[END]).reason == "no mount"


def test_the_ways_of_servers_ports_are_kept_and_told(tmp_path: Path) -> None:
    for folder in ("control", "project-test-1"):
        (tmp_path / folder).mkdir()
    (tmp_path / "control/links.txt").write_text("")
    control = FakeMachine("control", f"host  device\n\n{END}\n")
    state = ProjectState("test-1", ports=["11111111-22-port"])
    lines = follow([FakeMachine(), control], [state], tmp_path)
    assert lines == [f"11111111-22-port: {END}"]
    assert ends_of(lines) == [END]
    assert ends_of(["11111111-22-port: the way is whole"]) == []
    assert (tmp_path / "project-test-1/way-of-11111111-22.txt").read_text().startswith("host  device")
    assert "dietstack-net explain 11111111-22-port" in control.asked[0]


def test_a_silent_control_machine_is_not_asked_for_ways(tmp_path: Path) -> None:
    control = FakeMachine("control", None)
    assert follow([control], [ProjectState("test-1", ports=["port"])], tmp_path) == []
    assert control.asked == []


def test_verdict_is_one_line() -> None:
    verdict = str(judge(TooLate(Layer.METADATA, "the guest got\nno key")))
    assert verdict == "layer metadata: the guest got"


def test_a_machine_fills_its_directory(tmp_path: Path) -> None:
    assert collect_machine(FakeMachine(says="words"), tmp_path, WINDOW, {"qdhcp-1"}) == []
    files = {file.name for file in tmp_path.iterdir()}
    assert {"console.txt", "journal.txt", "bridges.txt", "fdb.txt", "rules.txt", "namespaces.txt"} <= files


def test_logs_are_a_file_each_and_empty_ones_none(tmp_path: Path) -> None:
    collect_machine(FakeMachine(says=LOGS), tmp_path, WINDOW)
    assert (tmp_path / "log-nova-compute.log.txt").read_text().startswith("2030-01-31")
    assert (tmp_path / "log-dietstack-nova-api.txt").read_text() == "uwsgi died\n"
    assert not (tmp_path / "log-nova-api.log.txt").exists()


def test_a_silent_machine_is_named_and_the_console_is_kept(tmp_path: Path) -> None:
    machine = FakeMachine(says=None)
    missing = collect_machine(machine, tmp_path / "compute1", WINDOW)
    assert missing[-1] == "compute1: it was not asked for the rest"
    assert len(machine.asked) == 2
    assert (tmp_path / "compute1/console.txt").read_text() == "login:"
    assert silent_machines(tmp_path, missing) == ["compute1"]


def test_logs_are_really_cut_to_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "log/nova").mkdir(parents=True)
    (tmp_path / "log/nova/api.log").write_text(
        "2030-01-01 11:59:59.9 before\n"
        "2030-01-01T12:00:00.0 during\n"
        "its second line\n"
        "2030-01-01 12:01:02.0 after\n"
        "after as well\n"
    )
    monkeypatch.setattr("lab.evidence.machine.STATE", tmp_path)
    command = limited(commands(WINDOW, set())["logs.txt"].partition("; for name in")[0])
    said = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[1:] == ["2030-01-01T12:00:00.0 during", "its second line"]


def test_only_the_namespaces_involved_are_looked_into() -> None:
    assert namespace_command({"qrouter-b", "qdhcp-a"}).startswith("for name in qdhcp-a qrouter-b;")
    assert "ip netns list" in namespace_command(None)


def test_sick_containers_are_told_with_their_machine(tmp_path: Path) -> None:
    for machine in ("control", "compute1"):
        (tmp_path / machine).mkdir()
    (tmp_path / "control/containers.txt").write_text("dietstack-a\tUp (healthy)\ndietstack-b\tExited (1)\n")
    assert sick_containers(tmp_path) == ["control: dietstack-b\tExited (1)"]


def failure(**more: Any) -> Failure:
    """A test that failed."""
    return Failure("tests/e2e/test_a.py::test_a[b]", AssertionError("1 != 2"), "trace", WINDOW, **more)


def test_a_directory_has_nothing_of_an_earlier_run(tmp_path: Path) -> None:
    first = collect_failure(failure(screens={"screen-1": b"png"}), [], tmp_path)
    assert {file.name for file in first.directory.iterdir()} == {"error.txt", "index.html", "screen-1.png"}
    again = collect_failure(failure(), [], tmp_path)
    assert {file.name for file in again.directory.iterdir()} == {"error.txt", "index.html"}
    assert again.directory == first.directory == tmp_path / "tests-e2e-test_a.py-test_a-b"


def test_how_the_lab_was_made_is_there(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log/control.log").write_text("no space left on device\n")
    (tmp_path / "log/control.console").write_text("login:")
    collected = collect_failure(failure(log=tmp_path / "log"), [], tmp_path / "found")
    assert (collected.directory / "lab/control.log.txt").read_text() == "no space left on device\n"
    assert 'href="lab/control.log.txt"' in collected.index.read_text()


def test_a_project_tells_all_that_is_in_it() -> None:
    rules = [{"direction": "ingress", "ethertype": "IPv4", "protocol": "icmp"}]
    project = Project(
        cast(
            "Any",
            SimpleNamespace(
                compute=Things(
                    servers=[thing("web", status="ERROR", fault={"message": "no room"}, task_state=None)]
                ),
                network=Things(
                    networks=[thing("lan", status="ACTIVE")],
                    subnets=[thing("lan", cidr="10.20.0.0/24", network_id="id-lan", is_dhcp_enabled=True)],
                    routers=[thing("router", status="ACTIVE")],
                    security_groups=[thing("reachable", security_group_rules=rules)],
                ),
                block_storage=Things(
                    volumes=[thing("data", status="error_extending")],
                    snapshots=[thing("old", status="available")],
                ),
                image=Things(images=[thing("bytes", status="active")]),
                orchestration=Things(),
            ),
        ),
        "id",
        "test-1",
        "user",
        "password",
    )
    state = state_of(project)
    assert state.lines == [
        "server web id-web ERROR task None no room",
        "network lan id-lan ACTIVE",
        "subnet 10.20.0.0/24 id-lan of network id-lan DHCP True",
        "router router id-router ACTIVE",
        "security group reachable id-reachable ingress IPv4 icmp - everybody",
        "volume data id-data error_extending",
        "snapshot old id-old available",
        "image bytes id-bytes active",
    ]
    assert state.faults == ["no room", "volume data is error_extending"]
    assert namespaces_of([state]) == {"qdhcp-id-lan", "qrouter-id-router"}


class Things:
    """An API that lists what was put there."""

    def __init__(self, **things: list[Any]) -> None:
        self._things = things

    def __getattr__(self, kind: str) -> Any:
        if kind == "get_server_console_output":
            return lambda *_arguments, **_options: {"output": "login:"}
        return lambda **_filters: self._things.get(kind, [])


def thing(name: str, **more: Any) -> Any:
    """One thing of an API."""
    return SimpleNamespace(name=name, id=f"id-{name}", **more)


def test_page_begins_with_the_verdict_and_links_every_file(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    (tmp_path / "control/journal.txt").write_text("x")
    (tmp_path / "screen-1.png").write_bytes(b"x")
    text = page("test_a[<b>]", "layer DHCP: no lease", [("error", "a < b"), ("nothing", " ")], tmp_path)
    assert text.index("layer DHCP: no lease") < text.index("<h1>")
    assert "test_a[&lt;b&gt;]" in text
    assert "a &lt; b" in text
    assert "<h2>nothing" not in text
    assert 'href="control/journal.txt"' in text
    assert '<img src="screen-1.png"' in text

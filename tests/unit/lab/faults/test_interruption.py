"""Ctrl-C in every stage, and SIGKILL, of a process of its own: nothing runs on, the same command goes on."""

import os
import signal
import socket

import pytest

from lab.checkpoint.kept import UNFINISHED
from lab.labs import Phase, all_labs, find_lab, labs_directory
from lab.vagrant import processes_of
from tests.unit.lab.cli.conftest import Said, Type
from tests.unit.lab.faults.documented import assert_documented
from tests.unit.lab.faults.host import CLOUDS, SCENARIO, Host
from tests.unit.lab.faults.processes import SECONDS, Running, Start, wait_until_it_hangs

BARE = f"{SCENARIO}deploy: false\nstages: [{{name: a first server, run: ./dscli.sh first_vm}}]\n"


def ctrl_c(process: Running) -> Said:
    """Type Ctrl-C; what is said then."""
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=SECONDS)
    return Said(process.returncode, out, err)


def assert_clean(host: Host) -> None:
    """Nothing of what was interrupted runs on, and its lab is not taken for a dead one."""
    assert list(processes_of(host.state / "class")) == []
    assert [lab.phase for lab in all_labs() if lab.phase is not Phase.READY] in ([], [Phase.UNFINISHED])
    assert host.standing == set()
    assert list(labs_directory().rglob(f"*{UNFINISHED}")) == []


@pytest.mark.usefixtures("servers_run")
@pytest.mark.parametrize(
    ("stage", "hang", "scenario"),
    [
        ("", "doctor", SCENARIO),
        ("boot", "boot", SCENARIO),
        ("deploy control", "deploy control", SCENARIO),
        ("deploy compute1", "deploy compute1", SCENARIO),
        ("keep stage control", "pack", SCENARIO),
        ("a first server", "deploy control", BARE),
    ],
)
def test_what_is_interrupted_in_any_stage_goes_on_with_the_same_command(
    host: Host, dslab: Type, start: Start, *, stage: str, hang: str, scenario: str
) -> None:
    host.tells("class/scenario.yaml", scenario)
    host.tells("hang", hang)
    process = start("up", host.scenario)
    wait_until_it_hangs(host, process)
    host.lacks("hang")  # one hangs for good; what is done to other machines beside it may start after Ctrl-C
    said = ctrl_c(process)
    assert_documented("Ctrl-C in any stage", said)
    assert_clean(host)
    assert f"  {stage}: failed" in said.err if stage else all_labs() == []
    assert dslab("up", host.scenario).code == 0
    assert find_lab("class").phase is Phase.READY


@pytest.fixture
def machines(host: Host, dslab: Type) -> None:
    """A lab without a cloud, which is saved as `one`."""
    host.tells("class/scenario.yaml", f"{SCENARIO}deploy: false\n")
    assert dslab("up", host.scenario).code == 0
    assert dslab("save", "one").code == 0


@pytest.mark.usefixtures("servers_run", "machines")
@pytest.mark.parametrize(
    ("command", "name", "hang"),
    [("save", "two", "pack"), ("restore", "one", "lay_out"), ("restore", "one", "exchange")],
)
def test_a_save_or_restore_that_is_interrupted_lets_the_machines_go_on(
    host: Host, dslab: Type, start: Start, *, command: str, name: str, hang: str
) -> None:
    host.tells("hang", hang)
    process = start(command, name)
    wait_until_it_hangs(host, process)
    host.lacks("hang")  # what it left is put in order by the same programs
    before = len(host.programs.calls("docker"))
    said = ctrl_c(process)
    assert_documented("Ctrl-C in any stage", said)
    assert_clean(host)
    assert f"  {command} {name}: failed" in said.err
    assert find_lab("class").phase is Phase.READY
    if hang == "exchange":
        started = [call for call in host.programs.calls("docker")[before:] if call.startswith("start ")]
        assert len(started) == len(find_lab("class").scenario.machines)
    assert dslab(command, name).code == 0


@pytest.mark.usefixtures("servers_run")
def test_it_is_interrupted_while_the_cloud_is_checked(host: Host, dslab: Type, start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(SECONDS)
        host.tells("clouds.yaml", CLOUDS.replace(":1/", f":{silent.getsockname()[1]}/"))
        process = start("up", host.scenario)
        with silent.accept()[0]:
            said = ctrl_c(process)
    assert_documented("Ctrl-C in any stage", said)
    assert_clean(host)
    assert "  check: failed" in said.err
    host.tells("clouds.yaml", CLOUDS)
    assert dslab("up", host.scenario).code == 0
    assert find_lab("class").phase is Phase.READY


@pytest.mark.usefixtures("servers_run")
def test_a_removal_that_is_interrupted_goes_on(host: Host, dslab: Type, start: Start) -> None:
    assert dslab("up", host.scenario).code == 0
    host.tells("containers", f"dslab-class-control\t{host.state}/class\n")
    host.tells("hang", "removal")
    process = start("down", "class")
    wait_until_it_hangs(host, process)
    assert_documented("Ctrl-C in any stage", ctrl_c(process))
    assert_clean(host)
    host.lacks("hang")
    assert dslab("down", "class").code == 0
    assert all_labs() == []
    assert (host.folder / "containers").read_text() == ""


@pytest.mark.usefixtures("servers_run")
@pytest.mark.parametrize("then", ["up", "prune"])
def test_what_a_killed_run_leaves_is_told_and_taken_up_or_pruned(
    host: Host, dslab: Type, start: Start, then: str
) -> None:
    host.tells("hang", "boot")
    process = start("up", host.scenario)
    wait_until_it_hangs(host, process)
    process.kill()
    process.communicate()
    host.lacks("hang")
    host.tells("containers", f"dslab-class-control\t{host.state}/class\n")
    assert list(processes_of(host.state / "class")) != []
    assert dslab("list").out.split("\t")[3] == "stale"
    assert_documented("a half-dead lab of a killed run", dslab("up", host.scenario, "--name", "other"))
    if then == "up":
        assert dslab("up", host.scenario).code == 0
        assert find_lab("class").phase is Phase.READY
    else:
        left = [
            f"{what} of lab {host.state}/class" for what in ("container dslab-class-control", "lab class")
        ]
        assert dslab("prune", "--dry-run").out.splitlines() == [f"would remove {one}" for one in left]
        assert dslab("prune").out.splitlines() == [f"removed {one}" for one in left]
        assert [lab.name for lab in all_labs()] == ["other"]
    assert list(processes_of(host.state / "class")) == []

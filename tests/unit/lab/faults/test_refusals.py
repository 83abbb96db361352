"""What is refused: in one line, with exit code 2, and all stays as it was. Typed as a person types it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lab.doctor import examination
from lab.holding import hold
from lab.keys import new_key_pair
from lab.labs import create_lab
from lab.scenario_file import load_scenario
from tests.unit.lab.cli.conftest import Said, Type
from tests.unit.lab.faults.documented import assert_documented
from tests.unit.lab.faults.host import SCENARIO, Host
from tests.unit.lab.provider.remembered import remember

UP = ("up", "CLASS")
TOO_LARGE = SCENARIO.replace("512", "99999999")
THEIRS = "dslab-class-control\t/home/other/labs/class\n"
FRIDAY = "title: First steps\nscenario: multinode\nseats: 60\nkind: lab\n"
TAKEN = '[{"dst": "192.168.0.0/16", "dev": "eth0"}]'


def tells(what: str, text: str) -> Callable[[Host], None]:
    """The host tells TEXT of WHAT."""
    return lambda host: host.tells(what, text)


def lacks(what: str) -> Callable[[Host], None]:
    """The host lacks WHAT."""
    return lambda host: host.lacks(what)


def nothing(_host: Host) -> None:
    """All is well with the host."""


def assert_refused(fault: str, said: Said) -> None:
    """It is refused in the one line that is documented for FAULT."""
    assert_documented(fault, said)
    assert (said.out, len(said.err.splitlines())) == ("", 1)


@pytest.mark.parametrize(
    ("fault", "happens", "typed"),
    [
        ("an unknown scenario", nothing, ("up", "multi")),
        ("an unknown provider", nothing, (*UP, "--provider", "xen")),
        ("an unknown lab", nothing, ("down", "class")),
        ("more memory asked for than there is", tells("class/scenario.yaml", TOO_LARGE), UP),
        ("Vagrant missing", lacks("bin/vagrant"), UP),
        ("Vagrant too old", tells("vagrant", "2.2.19"), UP),
        ("the plugin missing", tells("plugins", "No plugins."), (*UP, "--provider", "libvirt")),
        ("the plugin too old", tells("plugins", "vagrant-libvirt (0.9.0)"), (*UP, "--provider", "libvirt")),
        ("all subnets taken on the host", tells("routes", TAKEN), UP),
        ("the name of another user's lab", tells("containers", THEIRS), UP),
    ],
)
def test_what_cannot_work_is_refused_before_anything_is_changed(
    host: Host, dslab: Type, fault: str, happens: Callable[[Host], None], typed: tuple[str, ...]
) -> None:
    happens(host)
    assert_refused(fault, dslab(*words(host, typed)))
    assert not host.has_booted
    assert not host.state.exists()


def test_more_disk_than_there_is_is_refused(host: Host, dslab: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examination, "WRITTEN_BY_A_MACHINE", 10**6)
    assert_refused("more disk asked for than there is", dslab("up", host.scenario))
    assert not host.state.exists()


@pytest.mark.parametrize(
    ("fault", "typed"),
    [
        ("an unknown machine", ("ssh", "compute7")),
        ("an unknown machine", ("logs", "compute7", "nova")),
        ("the name of another lab of one's own", ("up", "allinone", "--name", "class")),
    ],
)
def test_a_lab_that_is_there_stays_as_it_is(
    host: Host, dslab: Type, fault: str, typed: tuple[str, ...]
) -> None:
    create_lab(load_scenario(host.scenario), "docker")
    before = content_of(host.state)
    assert_refused(fault, dslab(*typed))
    assert content_of(host.state) == before


def test_a_lab_that_somebody_is_at_work_with_is_refused_to_others(host: Host, dslab: Type) -> None:
    with hold(create_lab(load_scenario(host.scenario), "docker")):
        before = content_of(host.state)
        for command in (("up", host.scenario), ("down", "class")):
            assert_refused("a lab that somebody is at work with", dslab(*command))
        assert content_of(host.state) == before


def test_a_damaged_lab_is_refused_and_pruned(host: Host, dslab: Type) -> None:
    lab = create_lab(load_scenario(host.scenario), "docker")
    lab.file.write_text("{")
    assert_documented("the file of a lab damaged", dslab("status", "class"))
    assert dslab("prune").code == 0
    assert not lab.directory.exists()


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        ("a class larger than the machine", ""),
        ("a mistake in the file of a class", "seats: 6\nseat: 60"),
        ("an exercise that there is not", "seats: 1\nexercises: [flying]"),
        ("an exercise in machines for a class", "seats: 1\nexercises: [silence]"),
    ],
)
def test_what_is_wrong_with_a_class_is_refused_before_anything_is_changed(
    host: Host, dslab: Type, fault: str, changed: str
) -> None:
    host.tells("friday.yaml", FRIDAY.replace("seats: 60", changed or "seats: 60"))
    assert_refused(fault, dslab("class", "up", str(host.folder / "friday.yaml")))
    assert not host.has_booted
    assert not list(host.state.rglob("*.json"))


def test_a_class_that_there_is_not(host: Host, dslab: Type) -> None:
    for command in (("status",), ("add",), ("board",), ("down",), ("reset", "seat1", "--class")):
        assert_refused("a class that there is not", dslab("class", *command, "friday"))
    assert not host.state.exists()


@pytest.mark.parametrize("typed", [UP, ("ssh", "compute1")])
@pytest.mark.parametrize(("content", "mode"), [(new_key_pair().private, 0o644), ("not a key\n", 0o600)])
def test_an_ssh_key_that_ssh_does_not_take_is_refused_before_anything_waits_for_it(
    host: Host, dslab: Type, typed: tuple[str, ...], content: str, mode: int
) -> None:
    lab = create_lab(load_scenario(host.scenario), "docker")
    lab.ssh_config.touch()
    key = remember(lab, "compute1", "docker", "known") / "private_key"
    key.write_text(content)
    key.chmod(mode)
    assert_documented("an ssh key that cannot be read", dslab(*words(host, typed)))
    assert not host.has_booted


def words(host: Host, typed: tuple[str, ...]) -> list[str]:
    """What is TYPED on HOST."""
    return [host.scenario if word == "CLASS" else word for word in typed]


def content_of(folder: Path) -> dict[Path, bytes]:
    """All files below FOLDER."""
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}

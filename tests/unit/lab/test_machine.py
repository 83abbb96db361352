"""Commands in a machine, over an ssh that runs them here or does not get through."""

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
import testinfra

from lab import labs
from lab.deployment import run_command
from lab.errors import LabError, Layer
from lab.labs import create_lab
from lab.machine import CommandFailed, Machine
from lab.provider.docker import DockerProvider
from tests.unit.lab.programs import Programs
from tests.unit.lab.scenarios import MULTINODE

SSH = """
if [[ -e $LOST ]]; then
    echo 'ssh: connect to host 172.17.0.9 port 22: No route to host' >&2
    exit 255
fi
sh -c "${@: -1}"
"""


@pytest.fixture
def lost(tmp_path: Path) -> Path:
    """While this file is there the machine does not answer."""
    return tmp_path / "lost"


@pytest.fixture
def machine(tmp_path: Path, lost: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine behind ssh."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("LOST", str(lost))
    monkeypatch.setattr(labs, "networks_of_host", list)
    programs = Programs(tmp_path / "bin", monkeypatch)
    programs.put("ssh", SSH)
    programs.put("sudo", '"$@"')
    return Machine(
        name="control",
        spec=MULTINODE.control,
        host=testinfra.get_host("ssh://control", ssh_config=str(tmp_path / "config"), sudo=True),
        address=IPv4Address("192.168.23.10"),
        checkout=tmp_path,
        root_shell=("ssh", "control", "bash -s"),
        lab=create_lab(MULTINODE, "docker"),
        provider=DockerProvider(),
    )


def test_arguments_are_quoted(machine: Machine) -> None:
    assert machine.run("printf '<%%s>' %s", "two  words # 100%") == "<two  words # 100%>"
    assert machine.run("echo 100%  # all of it") == "100%"


@pytest.mark.parametrize("status", [1, 254, 255])
def test_what_a_command_returns_is_its_own(machine: Machine, status: int) -> None:
    assert machine.result(f"echo said; exit {status}").rc == status
    assert not machine.succeeds(f"exit {status}")
    with pytest.raises(
        CommandFailed, match=rf"^machine: 'exit {status}' in machine control returned {status}:"
    ):
        machine.run(f"exit {status}")


def test_a_machine_that_does_not_answer_is_said_to(machine: Machine, lost: Path) -> None:
    lost.touch()
    with pytest.raises(LabError, match=r"^machine: machine control does not answer: .* No route to host$"):
        machine.succeeds("true")


def failure_of(machine: Machine, command: str) -> LabError:
    """The error with which COMMAND fails in MACHINE."""
    heard: list[Any] = []
    with pytest.raises(LabError) as error:
        run_command(machine, command, {"WORD": "it's"}, heard.append)
    return error.value


@pytest.mark.parametrize("status", [1, 255])
def test_a_stage_that_fails_is_a_failure_of_the_deployment(machine: Machine, status: int) -> None:
    error = failure_of(machine, f"sh -c 'echo $WORD; exit {status}'")
    assert error.layer is Layer.DEPLOYMENT
    assert f"in machine control returned {status} (" in error.message
    assert "it's" in error.message


def test_a_machine_that_is_lost_is_a_failure_of_the_machine(machine: Machine, lost: Path) -> None:
    lost.touch()
    error = failure_of(machine, "./runds.sh")
    assert error.layer is Layer.MACHINE
    assert error.message.startswith("control does not answer; ./runds.sh ran (")
    assert error.message.endswith("No route to host")

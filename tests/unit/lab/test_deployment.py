"""DietStack's commands on this machine; the script that runs them in others, in a shell as there."""

from pathlib import Path
from subprocess import PIPE, STDOUT, Popen

import pytest

from lab.deployment import script_of
from lab.errors import LabError
from tests.deployment import Deployment

PATIENCE = 10  # seconds
PASSWORD = "of-the-cloud"
RUNDS = """#!/bin/bash
tr '\\0' ' ' </proc/$$/cmdline
tr '\\0' ' ' </proc/$PPID/cmdline
echo "in the environment: $PASSWORDS"
exit 1
"""
DESTROYDS = '#!/bin/bash\n[[ $* == --keep-data ]] || { echo "refused: $*" >&2; exit 2; }\n'


@pytest.fixture
def deployment(tmp_path: Path) -> Deployment:
    """A checkout whose runds.sh says what is seen of its password, and fails."""
    for name, script in {"runds.sh": RUNDS, "destroyds.sh": DESTROYDS}.items():
        (tmp_path / name).write_text(script)
        (tmp_path / name).chmod(0o755)
    return Deployment(tmp_path)


def test_a_setting_is_in_no_list_of_processes(deployment: Deployment) -> None:
    with pytest.raises(LabError) as failed:
        deployment.deploy(PASSWORDS=PASSWORD)
    first, told = failed.value.message.splitlines()
    assert first == "./runds.sh returned 1:"
    seen, _, passed = told.partition("in the environment: ")
    assert "runds.sh" in seen
    assert PASSWORD not in seen
    assert passed == PASSWORD


def test_options_are_passed_on(deployment: Deployment) -> None:
    deployment.destroy("--keep-data")
    with pytest.raises(LabError, match=r"^deployment: \./destroyds\.sh --all returned 2:\nrefused: --all$"):
        deployment.destroy("--all")


@pytest.mark.parametrize("status", [0, 3])
def test_output_ends_with_the_command_though_the_input_stays_open(status: int) -> None:
    with shell(f"sh -c 'echo $WORD; exit {status}'") as process:
        assert process.stdout is not None
        assert process.stdout.read() == b"said\n"
        assert process.wait(PATIENCE) == status


def test_the_command_ends_with_the_input() -> None:
    with shell("sleep 60") as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(PATIENCE) != 0


def shell(command: str) -> Popen[bytes]:
    """A shell that runs COMMAND as it is run in a machine."""
    script = script_of(command, "/", {"WORD": "said"})
    process = Popen(["timeout", str(PATIENCE), "bash", "-s"], stdin=PIPE, stdout=PIPE, stderr=STDOUT)
    assert process.stdin is not None
    process.stdin.write(script.encode())
    process.stdin.flush()
    return process

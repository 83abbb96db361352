"""The script that runs DietStack's commands in a machine, run by a shell as a machine would."""

from subprocess import PIPE, STDOUT, Popen

import pytest

from lab.deployment import script_of

PATIENCE = 10  # seconds


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

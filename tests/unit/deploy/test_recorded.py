"""What a cloud was made with is never lost: it is replaced whole, and only by something else."""

import pytest

from tests.unit.deploy.shell import Shell

RECORD = "load_settings; record_external_network"


def test_what_was_recorded_is_known(shell: Shell) -> None:
    assert shell.output("recorded_external_network") == ""
    shell.output(RECORD)
    assert shell.output("recorded_external_network") == "192.168.99.1/24 br-ex\n"


@pytest.mark.parametrize("command", ["sync", "mv"])
def test_a_kill_while_recording_leaves_the_old_value(shell: Shell, command: str) -> None:
    shell.output(RECORD)
    shell.fake(command, "kill -KILL $PPID")
    assert shell.run(RECORD, EXTERNAL_IP="192.168.77.1/24").returncode == -9
    assert shell.output("recorded_external_network") == "192.168.99.1/24 br-ex\n"


def test_nothing_is_written_when_nothing_changed(shell: Shell) -> None:
    shell.output(RECORD)
    before = (shell.state / "network/external").stat()
    shell.output(RECORD)
    after = (shell.state / "network/external").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)

"""The unit that raises the network at boot starts on a disk from which nothing can be executed."""

from tests.unit.deploy.shell import Shell


def test_it_is_bash_that_is_executed(shell: Shell) -> None:
    (start,) = (line for line in shell.output("unit_text").splitlines() if line.startswith("ExecStart="))
    assert start == f"ExecStart=/bin/bash {shell.state}/network/deploy/network/at_boot"

"""A service that asks another at its start does not wait for it for ever, and says for whom it waited."""

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

# The command that asks, for as many seconds as it is told.
WAIT = f"""
. {DEPLOY}/container/rpc.sh
SERVICE=nova PROCESS=compute
rpc_ping() {{
    echo "asked $* " >&2
    [[ $ANSWERS == yes ]] || ! echo "$3 gave no answer over RabbitMQ: nobody listens"
}}
await_rpc nova conductor
echo started
"""


@pytest.mark.parametrize(("patience", "seconds"), [("1", 150), ("10", 1500)])
def test_it_goes_on_when_the_other_answers(shell: Shell, patience: str, seconds: int) -> None:
    done = shell.run(WAIT, PATIENCE=patience, ANSWERS="yes")
    assert (done.stdout, done.stderr) == ("started\n", f"asked {seconds} nova conductor \n")


@pytest.mark.parametrize(("patience", "seconds"), [("1", 150), ("10", 1500)])
def test_it_ends_and_names_who_is_silent(shell: Shell, patience: str, seconds: int) -> None:
    done = shell.run(WAIT, PATIENCE=patience, ANSWERS="no")
    assert (done.returncode, done.stdout) == (1, "")
    complaint = "nova compute: conductor gave no answer over RabbitMQ: nobody listens"
    assert done.stderr.endswith(f"{complaint} (for {seconds} s)\n")

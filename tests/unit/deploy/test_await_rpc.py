"""A service that asks another at its start does not wait for it for ever, and says for whom it waited."""

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

# An RPC server that answers after so many seconds, which pass as one waits.
WAIT = f"""
. {DEPLOY}/container/rpc.sh
SERVICE=nova PROCESS=compute SECONDS=0
rpc_ping() {{ ((SECONDS >= ANSWERS)) || ! echo "$2 gave no answer over RabbitMQ: nobody listens"; }}
sleep() {{ SECONDS=$((SECONDS + 10)); }}
await_rpc nova conductor
echo started
"""


@pytest.mark.parametrize(("patience", "answers"), [("1", "0"), ("1", "140"), ("10", "1490")])
def test_it_goes_on_when_the_other_answers(shell: Shell, patience: str, answers: str) -> None:
    assert shell.output(WAIT, PATIENCE=patience, ANSWERS=answers) == "started\n"


@pytest.mark.parametrize(("patience", "seconds"), [("1", 150), ("10", 1500)])
def test_it_ends_and_names_who_is_silent(shell: Shell, patience: str, seconds: int) -> None:
    done = shell.run(WAIT, PATIENCE=patience, ANSWERS="99999")
    assert (done.returncode, done.stdout) == (1, "")
    complaint = "nova compute: conductor gave no answer over RabbitMQ: nobody listens"
    assert done.stderr == f"{complaint} (for {seconds} s)\n"

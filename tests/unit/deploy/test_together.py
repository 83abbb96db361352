"""Commands at the same time: all of them count, and the first that fails ends them."""

import time

from tests.unit.deploy.shell import DEPLOY, Shell

TOGETHER = f". {DEPLOY}/together.sh"


def test_everything_is_done_when_it_returns(shell: Shell) -> None:
    work = 'work() { sleep "0.$1"; echo "$1"; }'
    lines = shell.output(f"{TOGETHER}; {work}; together work 3 2 1; echo returned").splitlines()
    assert sorted(lines[:-1]) == ["1", "2", "3"]
    assert lines[-1] == "returned"


def test_none_that_ends_at_once_is_missed(shell: Shell) -> None:
    rounds = "for _ in {1..100}; do together : a b c d e f g; done; echo all"
    assert shell.output(f"{TOGETHER}; {rounds}").strip() == "all"


def test_the_first_that_fails_ends_the_others(shell: Shell) -> None:
    work = "work() { [[ $1 == slow ]] || { echo why >&2; false; }; sleep 30 &>/dev/null; }"
    begun = time.monotonic()
    result = shell.run(f"{TOGETHER}; {work}; together work slow broken; echo never")
    assert (result.returncode, "why\n" in result.stderr, result.stdout) == (1, True, "")
    assert time.monotonic() - begun < 10


def test_one_that_is_killed_is_noticed(shell: Shell) -> None:
    work = "work() { kill -KILL $BASHPID; }"
    result = shell.run(f"{TOGETHER}; TOLD_SECONDS=0.1; {work}; together work once; echo never")
    assert (result.returncode, result.stdout) == (1, "")


def test_a_status_that_arrives_in_parts_is_one(shell: Shell) -> None:
    slow = "exec {told}<> <(:); { printf 4; sleep 0.5; echo 2; } >&$told &"
    assert shell.output(f"{TOGETHER}; TOLD_SECONDS=0.1; {slow} hear_from $told; echo $status").strip() == "42"

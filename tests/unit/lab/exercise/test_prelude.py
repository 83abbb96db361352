"""What the scripts of exercises have at hand, with a Docker that says what it was told."""

import os
import subprocess
from pathlib import Path

import pytest

from lab.exercise import Exercise, Seat
from lab.exercise.files import EXERCISES
from lab.exercise.script import PRELUDE, environment_of
from tests.unit.lab.exercise.conftest import Write

DOCKER = """\
#!/bin/bash
for argument; do printf '[%s]' "$argument" >>"$SAID"; done
echo >>"$SAID"
case "$*" in
*'volume show gone'*) exit 1 ;;
*'volume show broken'*) echo error ;;
*'volume show made'* | *'volume snapshot show made'*) echo available ;;
*' user show otto') exit 1 ;;
*' project list'*) printf '%s\n' admin library-of-another ;;
*' user list'*) printf '%s\n' admin mira ;;
*' group list'*) exit 1 ;;
'start removed') exit 1 ;;
esac
"""
EXEC = "[exec][--interactive]"
LEARNER = f"{EXEC}[--env][OS_CLIENT_CONFIG_FILE=/run/dietstack/seats/seat1.yaml][--env][OS_CLOUD=seat]"
ADMIN = f"{EXEC}[--env][OS_CLOUD=dietstack-admin]"


class Shell:
    """Runs lines of a script; SAID is what Docker was told, ERRORS what was said to who reads the log."""

    def __init__(self, folder: Path, exercise: Exercise, seat: Seat) -> None:
        self._said = folder / "said"
        docker = folder / "bin" / "docker"
        docker.parent.mkdir()
        docker.write_text(DOCKER)
        docker.chmod(0o755)
        path = f"{docker.parent}:{os.environ['PATH']}"
        self._environment = environment_of(exercise, seat) | {"PATH": path, "SAID": str(self._said)}
        self.errors = ""

    def __call__(self, script: str) -> int:
        command = ["bash", "-c", 'source "$1"; eval "$2"', "setup", str(PRELUDE), script]
        done = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)
        self.errors = done.stderr
        return done.returncode

    @property
    def said(self) -> list[str]:
        return self._said.read_text().splitlines() if self._said.exists() else []


@pytest.fixture
def shell(tmp_path: Path, write: Write, seat: Seat) -> Shell:
    return Shell(tmp_path, write(), seat)


pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="here a machine's root is that of the host")


def test_words_arrive_as_they_were_typed(shell: Shell) -> None:
    assert shell("openstack volume create --description 'it'\"'\"'s $5' books") == 0
    assert shell.said == [
        f"{LEARNER}[dietstack-cli][openstack][volume][create][--description][it's $5][books]"
    ]
    assert shell.errors == "$ openstack volume create --description 'it'\\''s $5' books\n"


def test_the_administrator_is_another_one(shell: Shell) -> None:
    assert shell("admin service list") == 0
    assert shell.said == [f"{ADMIN}[dietstack-cli][openstack][service][list]"]
    assert shell.errors == "$ dslab openstack service list\n"


def test_a_command_in_a_machine_is_words_or_a_line(shell: Shell, tmp_path: Path) -> None:
    assert shell(f"on control touch '{tmp_path}/a b'; root control 'cd {tmp_path} && touch c'") == 0
    assert (tmp_path / "a b").exists()
    assert (tmp_path / "c").exists()
    assert shell.errors == f"$ dslab ssh control 'cd {tmp_path} && touch c'\n"


def test_only_what_is_there_is_deleted(shell: Shell) -> None:
    assert shell("gone user mira otto") == 0
    assert [line.rpartition("[openstack]")[2] for line in shell.said] == [
        "[user][show][mira]",
        "[user][delete][mira]",
        "[user][show][otto]",
    ]


@pytest.mark.parametrize(
    ("script", "status"),
    [("is_there user Name mira", 0), ("is_there user Name mir", 1), ("is_there project Name library", 1)],
)
def test_whether_something_is_there(shell: Shell, script: str, status: int) -> None:
    assert shell(script) == status


def test_when_nothing_can_be_seen_nobody_believes_that_nothing_is_there(shell: Shell) -> None:
    assert shell("if ! is_there group Name all; then echo went on >&2; fi") == 1
    assert "the cloud does not say which there are: group" in shell.errors
    assert "went on" not in shell.errors


def test_a_project_that_is_not_there_is_gone(shell: Shell) -> None:
    assert shell("project_gone library; echo went on >&2") == 0
    assert "went on" in shell.errors


def test_a_container_that_was_stopped_is_started_and_one_that_was_removed_made_anew(
    shell: Shell, tmp_path: Path
) -> None:
    deploy = tmp_path / "runds.sh"
    deploy.write_text('#!/bin/bash\necho "deployed ${PATIENCE-as remembered}" >>"$SAID"\n')
    deploy.chmod(0o755)
    assert shell(f"CHECKOUT={tmp_path}; revive stopped; revive removed") == 0
    assert shell.said == ["[start][stopped]", "[start][removed]", "deployed as remembered"]


def run_step(shell: Shell, exercise: str, step: str) -> int:
    """What the script of STEP of EXERCISE returns."""
    return shell(f"source {EXERCISES / exercise / step}")


def test_identity_takes_nobody_for_its_own(shell: Shell) -> None:
    assert run_step(shell, "identity", "setup") == 1
    assert "there is a mira in this cloud already, which is not of this exercise" in shell.errors
    assert run_step(shell, "identity", "restore") == 0
    assert not [line for line in shell.said if "[delete]" in line]


def test_quota_gives_back_what_a_project_had_that_is_there(shell: Shell, write: Write, seat: Seat) -> None:
    kept = seat.kept(write())
    kept.mkdir(parents=True)
    for project, quotas in (("removed", 0), ("admin", 1)):
        (kept / "project").write_text(f"{project}\n")
        (kept / "gigabytes").write_text("1000\n")
        assert run_step(shell, "quota", "restore") == 0
        assert not (kept / "gigabytes").exists()
        assert sum("[quota][set][--gigabytes][1000]" in line for line in shell.said) == quotas


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("becomes volume made available", ""),
        ("becomes volume broken available", "volume broken is error instead of available"),
        ("becomes volume gone available", "there is no volume gone"),
        ("await 0 'a miracle' false", "a miracle: not within 0 s"),
        ("await 5 'nothing much' true", ""),
        ("fails false", ""),
    ],
)
def test_waiting_ends_as_soon_as_it_can(shell: Shell, script: str, said: str) -> None:
    assert shell(script) == (1 if said else 0)
    assert said in shell.errors


def test_a_kind_may_be_of_two_words(shell: Shell) -> None:
    assert shell("becomes 'volume snapshot' made available") == 0
    assert "[volume][snapshot][show][made]" in shell.said[0]


def test_a_command_that_fails_ends_the_script(shell: Shell) -> None:
    assert shell("openstack volume show gone; echo went on >&2") == 1
    assert "went on" not in shell.errors

"""Steps of a deployment: what a person sees of them, and what they return."""

from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY, Shell

PROGRESS = f". {DEPLOY}/progress.sh"


def test_a_step_tells_how_long_it_took_and_keeps_its_output_to_itself(shell: Shell) -> None:
    assert shell.output(f"{PROGRESS}; step 'the work' echo chatter").startswith("the work  ")
    assert "chatter" not in shell.output(f"{PROGRESS}; step 'the work' echo chatter")


def test_a_note_is_told(shell: Shell) -> None:
    work = "work() { echo chatter; echo 'note: nova-compute on b is down'; }"
    result = shell.run(f"{PROGRESS}; {work}; step 'the work' work")
    assert (result.returncode, result.stderr) == (0, "note: nova-compute on b is down\n")


def test_no_output_is_left_of_a_command_that_is_killed(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    work = "work() { echo chatter; kill -KILL $$; }"
    result = shell.run(f"{PROGRESS}; {work}; step 'the work' work", TMPDIR=str(tmp_path / "tmp"))
    assert result.returncode == -9
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("ahead", ["7200.123456", "0.000001"])
def test_a_clock_that_is_set_back_takes_no_time(shell: Shell, ahead: str) -> None:
    later = f"later=$((${{EPOCHREALTIME/./}} + 1000000 * 60 + 10#{ahead.replace('.', '')}))"
    show = 'printf "%6.1f" "$(seconds_since "${later::-6}.${later: -6}")"'
    assert shell.output(f"{PROGRESS}; {later}; {show}") == "   0.0"


@pytest.mark.parametrize("status", [1, 2, 125])
def test_a_step_that_fails_ends_the_command_with_1(shell: Shell, status: int) -> None:
    work = f"work() {{ echo why >&2; (exit {status}); echo never; }}"
    result = shell.run(f"{PROGRESS}; {work}; step 'the work' work; echo never")
    assert (result.returncode, result.stderr) == (1, "why\n")
    assert result.stdout.startswith("the work ")
    assert "never" not in result.stdout

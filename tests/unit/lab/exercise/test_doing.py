"""One exercise at a time in a seat: begun, helped with, done, begun anew, ended."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.deadline import Deadline, NotYet
from lab.errors import LabError, Layer, Refused
from lab.exercise import (
    Access,
    Exercise,
    ExerciseFault,
    Needs,
    Programs,
    Seat,
    check,
    doing,
    find_exercise,
    find_to_stop,
    forget,
    hint,
    record_of,
    reset,
    script,
    solve,
    start,
    stop,
    under_way,
)
from lab.exercise.record import at_work, file_of, remember
from lab.filelock import locked
from lab.holding import hold
from lab.labs import lock_of
from tests.unit.lab.exercise.conftest import Write, ends_soon

LOGGED = 'echo "$SEAT: {step}" >>"$KEPT/steps"\n'
SCRIPTS = {step: LOGGED.format(step=step) for step in ("setup", "solve", "restore")}


@pytest.fixture(autouse=True)
def _without_a_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doing, "clean", lambda _seat: None)
    monkeypatch.setattr(script, "hand_over_credentials", lambda _seat: None)


@pytest.fixture
def mine(write: Write) -> Exercise:
    return write(**SCRIPTS)


def steps_of(exercise: Exercise, seat: Seat) -> list[str]:
    """The scripts that ran so far."""
    return [line.partition(": ")[2] for line in (seat.kept(exercise) / "steps").read_text().splitlines()]


def test_from_start_to_stop(mine: Exercise, seat: Seat) -> None:
    start(mine, seat)
    assert under_way(seat) == Programs("mine", mine.folder)
    assert check(mine, seat).passed
    solve(mine, seat)
    reset(mine, seat)
    stop(mine, seat)
    assert steps_of(mine, seat) == ["restore", "setup", "solve", "restore", "setup", "restore"]
    assert under_way(seat) is None
    record = record_of("mine", seat)
    assert record.passed
    assert record.solution_shown


def test_what_was_typed_is_shown(write: Write, seat: Seat) -> None:
    exercise = write(solve="on() { :; }\nopenstack server list\nroot control docker ps\necho noise\n")
    start(exercise, seat)
    assert solve(exercise, seat) == ["openstack server list", "dslab ssh control docker ps"]


def test_hints_come_one_by_one(mine: Exercise, seat: Seat) -> None:
    start(mine, seat)
    given = [hint(mine, seat) for _ in range(3)]
    assert [(one.number, one.of, one.text) for one in given] == [
        (1, 2, "Look."),
        (2, 2, "Look again."),
        (2, 2, "Look again."),
    ]
    assert record_of("mine", seat).hints == 2


def test_what_was_passed_stays_passed_when_it_begins_again(mine: Exercise, seat: Seat) -> None:
    start(mine, seat)
    hint(mine, seat)
    check(mine, seat)
    before = record_of("mine", seat)
    stop(mine, seat)
    start(mine, seat)
    again = record_of("mine", seat)
    assert (again.passed, again.hints) == (before.passed, 1)
    assert before.passed
    assert again.started
    assert before.started
    assert again.started > before.started


def test_one_at_a_time(mine: Exercise, seat: Seat) -> None:
    start(mine, seat)
    look = rf"exercise 'mine': it is under way; look how far it is \(dslab exercise check {mine.folder}\)"
    with pytest.raises(Refused, match=look):
        start(mine, seat)
    end = f"mine is under way in seat seat1; end that first: dslab exercise stop {mine.folder}"
    with pytest.raises(Refused, match=f"^exercise 'volumes': {end}$"):
        start(find_exercise("volumes"), seat)


def test_one_of_the_checkout_has_a_name_and_no_path(seat: Seat, write: Write, tmp_path: Path) -> None:
    remember(find_exercise("volumes"), seat, under_way=True)
    copy = write().folder.rename(tmp_path / "volumes")
    end = "volumes is under way in seat seat1; end that first: dslab exercise stop volumes"
    with pytest.raises(Refused, match=f"^exercise 'volumes': {end}$"):
        start(find_exercise(f"{copy}"), seat)
    begin = f"it is not under way in seat seat1; begin: dslab exercise start {copy}"
    with pytest.raises(Refused, match=f"^exercise 'volumes': {begin}$"):
        check(find_exercise(f"{copy}"), seat)


@pytest.mark.parametrize("word", ["mine", "{folder}", "{folder}/"])
def test_one_whose_folder_is_damaged_or_gone_can_be_ended(mine: Exercise, seat: Seat, word: str) -> None:
    start(mine, seat)
    (mine.folder / "exercise.md").unlink()
    word = word.format(folder=mine.folder)
    assert find_to_stop(word, seat).script("restore")
    mine.folder.rename(mine.folder.with_name("renamed"))
    stop(find_to_stop(word, seat), seat)
    assert under_way(seat) is None
    with pytest.raises(Refused, match="exercise 'mine"):
        find_to_stop("mine", seat)


def test_one_that_has_ended_with_its_lab_has_nothing_left_to_mend(mine: Exercise, seat: Seat) -> None:
    start(mine, seat)
    forget(mine, seat)
    assert under_way(seat) is None
    assert not seat.kept(mine).exists()


@pytest.mark.parametrize("do", [check, hint, solve, reset, stop])
def test_nothing_can_be_done_before_it_begins(mine: Exercise, seat: Seat, do: object) -> None:
    assert callable(do)
    with pytest.raises(
        Refused, match="exercise 'mine': it is not under way in seat seat1; begin: dslab exercise"
    ):
        do(mine, seat)
    assert not seat.kept(mine).exists()


def test_of_two_at_work_in_a_seat_one_is_refused(mine: Exercise, seat: Seat) -> None:
    with (
        at_work(seat),
        pytest.raises(Refused, match=r"seat 'seat1': process \d+ is at work in it; wait for it"),
    ):
        start(mine, seat)


def test_nobody_begins_in_a_lab_with_which_somebody_is_at_work(mine: Exercise, seat: Seat) -> None:
    busy = rf"lab 'local': process {os.getpid()} is at work with it; wait for it or end it"
    with locked(lock_of(seat.lab.directory)), pytest.raises(Refused, match=busy):
        start(mine, seat)
    assert under_way(seat) is None


def test_who_is_at_work_in_a_seat_keeps_its_lab(seat: Seat) -> None:
    other = seat.model_copy(update={"directory": seat.directory.with_name("other")})
    with (
        at_work(seat),
        at_work(other),
        pytest.raises(Refused, match="lab 'local': somebody at a seat is at work with it"),
        hold(seat.lab),
    ):
        pass


RUNNER = """
import sys
from lab.exercise import Seat, find_exercise, script

script.hand_over_credentials = lambda _seat: None
script.run_script("setup", find_exercise(sys.argv[1]), Seat.model_validate_json(sys.argv[2]))
"""


def test_what_a_killed_one_left_running_ends_with_the_next(write: Write, seat: Seat) -> None:
    exercise = write(setup='echo $$ >"$KEPT/pid.new"\nmv "$KEPT/pid.new" "$KEPT/pid"\nsleep 600\n')
    file = seat.kept(exercise) / "pid"

    def attempt() -> int:
        if not file.exists():
            raise NotYet("it has not begun")
        return int(file.read_text())

    words = [sys.executable, "-c", RUNNER, f"{exercise.folder}/", seat.model_dump_json()]
    with subprocess.Popen(words) as runner:
        pid = Deadline(60).until(Layer.EXERCISE, "the setup", attempt)
        runner.kill()
    os.kill(pid, 0)  # it lives
    with at_work(seat):
        assert ends_soon(pid)


@pytest.fixture
def unmendable(write: Write) -> Exercise:
    return write(**SCRIPTS | {"restore": "echo there is no such container >&2\nfalse\n"})


def test_one_that_cannot_be_mended_ends_all_the_same(
    unmendable: Exercise, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleaned: list[Seat] = []
    monkeypatch.setattr(doing, "clean", cleaned.append)
    with pytest.raises(ExerciseFault, match="restore of mine returned 1"):
        start(unmendable, seat)
    with pytest.raises(
        LabError, match=r"mine has ended, and what it broke .* is not mended: restore of mine"
    ):
        stop(unmendable, seat)
    assert cleaned == [seat]
    assert under_way(seat) is None


def test_one_whose_project_cannot_be_emptied_does_not_end(
    mine: Exercise, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(_seat: Seat) -> None:
        raise LabError(Layer.SERVICE, "left are Network net")

    start(mine, seat)
    monkeypatch.setattr(doing, "clean", stuck)
    with pytest.raises(LabError, match="left are Network net"):
        stop(mine, seat)
    assert under_way(seat) == Programs("mine", mine.folder)


def test_a_setup_that_fails_is_the_exercises_fault_and_can_be_ended(write: Write, seat: Seat) -> None:
    exercise = write(setup="echo half of it is there\nfalse\n")
    with pytest.raises(ExerciseFault, match=r"setup of mine returned 1, which is not the learner's fault"):
        start(exercise, seat)
    assert under_way(seat) == Programs("mine", exercise.folder)
    stop(exercise, seat)
    assert under_way(seat) is None


def test_a_setup_that_hangs_ends_with_all_that_it_started(
    write: Write, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(script, "SECONDS", 1)
    exercise = write(setup='sleep 600 & echo $! >"$KEPT/pid"\nwait\n')
    with pytest.raises(ExerciseFault, match="setup of mine did not end within 1 s"):
        start(exercise, seat)
    assert ends_soon(int((seat.kept(exercise) / "pid").read_text()))


def test_a_quota_that_is_used_up_is_said_to_be_that(write: Write, seat: Seat) -> None:
    exercise = write(
        setup='echo "Quota exceeded for instances: Requested 1, but already used 2 of 2" >&2\nfalse\n'
    )
    with pytest.raises(
        LabError, match="the project of seat seat1 has no room for mine: Quota exceeded"
    ) as error:
        start(exercise, seat)
    assert error.value.layer is Layer.QUOTA


def test_a_volume_that_counts_is_no_quota_that_is_used_up(write: Write, seat: Seat) -> None:
    exercise = write(setup='echo "| consumes_quota | True |"\nfalse\n')
    with pytest.raises(ExerciseFault, match="setup of mine returned 1, which is not the learner's fault"):
        start(exercise, seat)


@pytest.mark.parametrize(
    ("needs", "alone", "said"),
    [
        (
            {"access": Access.MACHINES},
            False,
            "it needs the machines of a cloud, and seat seat1 shares lab local",
        ),
        ({"access": Access.CLOUD}, False, "it needs the administrator of a cloud, and seat seat1 shares"),
        ({"computes": 2}, True, "it needs 2 machines that compute, lab local has 0; take a lab of scenario"),
    ],
)
def test_what_the_seat_lacks_is_refused_before_anything_happens(
    mine: Exercise, seat: Seat, needs: dict[str, object], alone: bool, said: str
) -> None:
    wanting = Exercise("mine", mine.folder, Needs(place=1, minutes=5).model_copy(update=needs), mine.text)
    with pytest.raises(Refused, match=said):
        start(wanting, seat.model_copy(update={"alone": alone}))
    assert under_way(seat) is None


def test_a_damaged_record_is_named(mine: Exercise, seat: Seat) -> None:
    start(mine, seat)
    file_of("mine", seat).write_text("{")
    with pytest.raises(Refused, match=r"mine\.json: it is damaged or of another release; remove it"):
        check(mine, seat)

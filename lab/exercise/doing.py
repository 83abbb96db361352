"""What one does with an exercise: start, check, hint, solve, reset, stop."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lab.api import cloud_answers
from lab.errors import LabError, Refused
from lab.exercise.checking import look
from lab.exercise.cleaning import clean
from lab.exercise.files import find_exercise, folder_elsewhere, word_for
from lab.exercise.model import Exercise, Programs
from lab.exercise.record import at_work, record_of, remember, under_way
from lab.exercise.script import run_script
from lab.exercise.seat import Seat, refuse_what_lacks
from lab.exercise.verdict import Verdict

Heard = Callable[[str], object]


@dataclass(frozen=True)
class Hint:
    """The hint NUMBER of OF that there are."""

    number: int
    of: int
    text: str


def silent(_step: str) -> None:
    """Nobody wants to hear of the steps."""


def start(exercise: Exercise, seat: Seat, heard: Heard = silent) -> None:
    """Begin EXERCISE in SEAT, whose project is emptied first; HEARD is told what is under way.

    What is remembered of an earlier time stays: that it was passed, and the hints seen.
    Refused while one is under way, or when SEAT has not what EXERCISE needs. LabError when it cannot be set
    up; `reset` and `stop` mend that.
    """
    refuse_what_lacks(exercise, seat)
    with at_work(seat):
        refuse_while_under_way(exercise, seat)
        remember(exercise, seat, under_way=True, started=now(), folder=folder_elsewhere(exercise))
        clear(exercise, seat, heard)
        set_up(exercise, seat, heard)


def check(exercise: Exercise, seat: Seat) -> Verdict:
    """What is done of EXERCISE, which is under way in SEAT, and what is missing; changes nothing."""
    with at_work(seat):
        refuse_unless_under_way(exercise, seat)
        verdict = look(exercise, seat)
        record = remember(exercise, seat, checked=now())
        if verdict.passed and record.passed is None:
            remember(exercise, seat, passed=now())
        return verdict


def hint(exercise: Exercise, seat: Seat) -> Hint:
    """The next hint to EXERCISE, which is under way in SEAT; the last one again when there are no more."""
    refuse_unless_under_way(exercise, seat)
    hints = exercise.text.hints
    number = min(record_of(exercise.name, seat).hints + 1, len(hints))
    remember(exercise, seat, hints=number)
    return Hint(number, len(hints), hints[number - 1])


def solve(exercise: Exercise, seat: Seat, heard: Heard = silent) -> list[str]:
    """Do what EXERCISE, which is under way in SEAT, asks for; the commands that a person would have typed."""
    with at_work(seat), cloud_answers():
        refuse_unless_under_way(exercise, seat)
        heard("solve")
        remember(exercise, seat, solution_shown=True)
        return run_script("solve", exercise, seat)


def reset(exercise: Exercise, seat: Seat, heard: Heard = silent) -> None:
    """Let EXERCISE, which is under way in SEAT, be as it was when it began, whatever was done since."""
    with at_work(seat):
        refuse_unless_under_way(exercise, seat)
        clear(exercise, seat, heard)
        set_up(exercise, seat, heard)


def stop(exercise: Programs, seat: Seat, heard: Heard = silent) -> None:
    """End EXERCISE, which is under way in SEAT: what it broke is mended, what it made is gone.

    When its folder is gone, what it broke outside of the project stays so; also when that cannot be mended,
    of which LabError tells at last.
    """
    with at_work(seat):
        refuse_unless_under_way(exercise, seat)
        heard("clear")
        with cloud_answers():
            unmended = error_of_restore(exercise, seat)
            clean(seat)
        remember(exercise, seat, under_way=False)
        if unmended:
            message = f"{exercise.name} has ended, and what it broke outside of the project is not mended"
            raise LabError(unmended.layer, f"{message}: {unmended.message}")


def forget(exercise: Programs, seat: Seat) -> None:
    """EXERCISE, which is under way in SEAT, has ended with all that it made and broke: the lab is new."""
    with at_work(seat):
        shutil.rmtree(seat.kept(exercise), ignore_errors=True)
        remember(exercise, seat, under_way=False)


def find_to_stop(name_or_path: str, seat: Seat) -> Programs:
    """The exercise called so that is under way in SEAT, whatever became of its folder.

    Another one is found as by `find_exercise`.
    """
    busy = under_way(seat)
    if busy and (busy.name == name_or_path or busy.folder == Path(name_or_path).resolve()):
        return busy
    return find_exercise(name_or_path)


def set_up(exercise: Exercise, seat: Seat, heard: Heard) -> None:
    """Make in SEAT, which is clear, what EXERCISE begins with."""
    heard("set up")
    run_script("setup", exercise, seat)


def error_of_restore(exercise: Programs, seat: Seat) -> LabError | None:
    """What keeps the script of EXERCISE from mending what it broke outside of the project of SEAT."""
    try:
        run_script("restore", exercise, seat)
    except LabError as error:
        return error
    return None


def clear(exercise: Programs, seat: Seat, heard: Heard) -> None:
    """Mend what EXERCISE broke outside of the project of SEAT, and empty that."""
    heard("clear")
    with cloud_answers():
        run_script("restore", exercise, seat)
        clean(seat)


def refuse_while_under_way(exercise: Exercise, seat: Seat) -> None:
    """Raise Refused if EXERCISE, or another one, is under way in SEAT."""
    busy = under_way(seat)
    if busy is None:
        return
    word = word_for(busy)
    if busy.folder == exercise.folder:
        mend = f"it is under way; look how far it is (dslab exercise check {word}), or begin anew (reset)"
    else:
        mend = f"{busy.name} is under way in seat {seat.name}; end that first: dslab exercise stop {word}"
    raise Refused("exercise", exercise.name, mend)


def refuse_unless_under_way(exercise: Programs, seat: Seat) -> None:
    """Raise Refused unless EXERCISE is under way in SEAT."""
    busy = under_way(seat)
    if busy is None or busy.folder != exercise.folder:
        mend = f"it is not under way in seat {seat.name}; begin: dslab exercise start {word_for(exercise)}"
        raise Refused("exercise", exercise.name, mend)


def now() -> datetime:
    """The time as it is remembered."""
    return datetime.now(UTC)

"""What the pages show, taken from the files of a class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lab.classroom.checked import AllChecked, Checked, read_checked
from lab.classroom.classes import Classroom
from lab.classroom.seat import Seat
from lab.classroom.work import exercises_of, records_of
from lab.errors import Refused
from lab.exercise import Exercise, Record, State


@dataclass(frozen=True)
class Cell:
    """One exercise at one seat: its STATE, how a person reads it, and in SHORT how from afar."""

    exercise: Exercise
    record: Record
    checked: Checked
    state: str
    words: str
    short: str
    hints: str


@dataclass(frozen=True)
class Row:
    """One seat: its cells, what is being done with it, what is not well in its lab, what cannot be read."""

    seat: Seat
    cells: list[Cell]
    busy: str
    sick: list[str]
    damaged: str

    @property
    def passed(self) -> int:
        """How many exercises have been passed."""
        return sum(cell.state == "passed" for cell in self.cells)


@dataclass(frozen=True)
class BoardView:
    """The whole class."""

    classroom: Classroom
    exercises: list[Exercise]
    rows: list[Row]
    spares: int
    sick: dict[str, list[str]]
    damaged: list[str]


def board_view(classroom: Classroom, busy: Mapping[str, str], sick: Mapping[str, list[str]]) -> BoardView:
    """CLASSROOM as the trainer sees it; BUSY says what is done with which seat, SICK what ails which lab."""
    seats, exercises = classroom.all_seats, exercises_of(classroom)
    rows = [row_of(classroom, seat, exercises, busy, sick) for seat in seats if not seat.spare]
    damaged = [*map(str, classroom.unreadable_seats), *(row.damaged for row in rows if row.damaged)]
    return BoardView(
        classroom=classroom,
        exercises=exercises,
        rows=rows,
        spares=sum(seat.spare for seat in seats),
        sick={lab: said for lab, said in sick.items() if said},
        damaged=list(dict.fromkeys(damaged)),
    )


def row_of(
    classroom: Classroom,
    seat: Seat,
    exercises: Sequence[Exercise],
    busy: Mapping[str, str],
    sick: Mapping[str, list[str]],
) -> Row:
    """SEAT of CLASSROOM with EXERCISES of it, as if untouched when a file of the seat is damaged."""
    try:
        records, checked, damaged = records_of(classroom, seat, exercises), read_checked(seat), ""
    except Refused as refusal:
        records, checked, damaged = {}, AllChecked(), str(refusal)
    cells = [cell_of(one, records.get(one.name, Record()), checked.of(one.name)) for one in exercises]
    return Row(seat, cells, busy.get(seat.name, ""), sick.get(seat.lab, []), damaged)


def cell_of(exercise: Exercise, record: Record, checked: Checked) -> Cell:
    """EXERCISE with what was made of it, as RECORD and the CHECKED say."""
    hints = f"{record.hints} {'hint' if record.hints == 1 else 'hints'}" if record.hints else ""
    verdict = checked.verdict and checked.verdict.state
    tries = f"{checked.times} {'try' if checked.times == 1 else 'tries'}"
    if record.passed:
        state, words, short = "passed", f"passed {clock(record.passed)}", clock(record.passed)
    elif verdict is State.FAULT:
        state, words, short = "fault", "exercise broken", "broken"
    elif verdict is State.MISSING:
        state, words, short = "failed", f"not yet, {tries}", tries
    elif record.under_way and record.started:
        state, words, short = "working", f"at work since {clock(record.started)}", clock(record.started)
    elif record.started:
        state, words, short = "left", "left off", "left off"
    else:
        state, words, short = "untouched", "", ""
    return Cell(exercise, record, checked, state, words, short, hints)


def clock(moment: datetime) -> str:
    """MOMENT as the clock on the wall shows it."""
    return moment.astimezone().strftime("%H:%M")

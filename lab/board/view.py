"""What the pages show, taken from the files of a class."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from lab.classroom.checked import Checked, read_checked
from lab.classroom.classes import Classroom
from lab.classroom.joints import Exercise, Outcome, Record
from lab.classroom.seat import Seat
from lab.classroom.work import exercises_of, record_of


@dataclass(frozen=True)
class Cell:
    """One exercise at one seat: its STATE, and how a person reads it."""

    exercise: Exercise
    record: Record
    checked: Checked
    state: str
    words: str
    hints: str


@dataclass(frozen=True)
class Row:
    """One seat: its cells, what is being done with it, and what is not well in its lab."""

    seat: Seat
    cells: list[Cell]
    busy: str
    sick: list[str]

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


def board_view(classroom: Classroom, busy: Mapping[str, str], sick: Mapping[str, list[str]]) -> BoardView:
    """CLASSROOM as the trainer sees it; BUSY says what is done with which seat, SICK what ails which lab."""
    seats = classroom.all_seats
    return BoardView(
        classroom=classroom,
        exercises=exercises_of(classroom),
        rows=[row_of(classroom, seat, busy, sick) for seat in seats if not seat.spare],
        spares=sum(seat.spare for seat in seats),
        sick={lab: said for lab, said in sick.items() if said},
    )


def row_of(classroom: Classroom, seat: Seat, busy: Mapping[str, str], sick: Mapping[str, list[str]]) -> Row:
    """SEAT of CLASSROOM."""
    checked = read_checked(seat)
    cells = [
        cell_of(exercise, record_of(classroom, seat, exercise), checked.of(exercise.name))
        for exercise in exercises_of(classroom)
    ]
    return Row(seat, cells, busy.get(seat.name, ""), sick.get(seat.lab, []))


def cell_of(exercise: Exercise, record: Record, checked: Checked) -> Cell:
    """EXERCISE with what was made of it, as RECORD and the CHECKED say."""
    hints = f"{record.hints} {'hint' if record.hints == 1 else 'hints'}" if record.hints else ""
    if record.passed:
        state, words = "passed", f"passed {clock(record.passed)}"
    elif checked.outcome is Outcome.FAULT:
        state, words = "fault", "exercise broken"
    elif checked.outcome is Outcome.FAILED:
        tries = "try" if checked.times == 1 else "tries"
        state, words = "failed", f"not yet, {checked.times} {tries}"
    elif record.under_way and record.started:
        state, words = "working", f"since {clock(record.started)}"
    elif record.started:
        state, words = "left", "left off"
    else:
        state, words = "untouched", ""
    return Cell(exercise, record, checked, state, words, hints)


def clock(moment: datetime) -> str:
    """MOMENT as the clock on the wall shows it."""
    return moment.astimezone().strftime("%H:%M")

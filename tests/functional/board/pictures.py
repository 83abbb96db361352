"""docs/class-board.png and docs/class-seat.png: a class half an hour in, as a browser shows it.

`python -m tests.functional.board.pictures` takes them anew.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.browser import browser_page
from lab.classroom.checked import note_verdict
from lab.classroom.classes import Classroom
from lab.exercise import Finding, Record, State, Verdict
from lab.paths import ROOT
from tests.functional.board.conftest import Served
from tests.unit.lab.classroom.room import BROKEN, EXERCISES
from tests.unit.lab.classroom.school import School, a_school

TITLES = ("Users and projects", "Images", "A first server", "Networks", "Security groups", "Volumes")
NO_ROUTER = "There is no router yet that joins your network to external."
NOT_YET = Verdict(findings=(Finding(task="A router", state=State.MISSING, say=NO_ROUTER),))
SEATS = 12


def main() -> None:
    """Take both."""
    patch = pytest.MonkeyPatch()
    with tempfile.TemporaryDirectory() as folder, patch.context() as patched:
        school = a_school(Path(folder), patched)
        classroom = half_an_hour_in(school)
        with serving(school, classroom) as board, browser_page() as page:
            page.set_viewport_size({"width": 1600, "height": 900})
            page.goto(board.door(classroom.trainer))
            page.get_by_role("alert").wait_for()
            page.screenshot(path=ROOT / "docs/class-board.png")
            page.set_viewport_size({"width": 900, "height": 800})
            page.goto(board.door(classroom.seat("seat2").token))
            page.goto(f"{board.url}/seats/seat2/exercises/networks")
            page.screenshot(path=ROOT / "docs/class-seat.png")


@contextmanager
def serving(school: School, classroom: Classroom) -> Iterator[Served]:
    """The board of CLASSROOM while the block runs."""
    board = Served(school, classroom)
    try:
        yield board
    finally:
        board.stop()


def half_an_hour_in(school: School) -> Classroom:
    """A class of twelve of which some are faster than others, and one hits upon a broken exercise."""
    networks = EXERCISES["networks"]
    names = ("users", "images", "server", "networks", "groups", "volumes")
    school.room.exercises = {
        name: replace(networks, name=name, text=replace(networks.text, title=title))
        for name, title in zip(names, TITLES, strict=True)
    }
    classroom = school.make(
        title="OpenStack from the first server on",
        seats=SEATS,
        spares=1,
        exercises=names,
        quota={"ram": 192},
    )
    school.sick = {"monday": ["neutron-dhcp-agent on control: silent"]}
    for seat in classroom.seats:
        far = 2 + seat.number * 7 % 4
        for number, name in enumerate(names[:far]):
            remember(school, seat.name, name, number, hints=(seat.number + number) % 4 // 2)
        last = names[far - 1]
        if seat.number % 3 == 2:
            note_verdict(seat, last, BROKEN if seat.number == 11 else NOT_YET)
        record = school.room.records[seat.name, last]
        school.room.records[seat.name, last] = record.model_copy(update={"under_way": True, "passed": None})
    return classroom


def remember(school: School, seat: str, name: str, number: int, hints: int) -> None:
    """The seat has passed the exercise, the NUMBERth, after so many HINTS."""
    began = datetime.now(UTC) - timedelta(minutes=30 - 6 * number)
    school.room.records[seat, name] = Record(started=began, hints=hints, passed=began + timedelta(minutes=5))


if __name__ == "__main__":
    main()

"""What the last check of each exercise at a seat said, and how many there were: in a file of the seat."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict

from lab.classroom.seat import Seat
from lab.errors import Refused
from lab.exercise import Verdict
from lab.private import write_private

FILE = "checked.json"


class Checked(BaseModel):
    """The checks of one exercise: so many TIMES, and the VERDICT of the last one since it began."""

    model_config = ConfigDict(frozen=True)

    times: int = 0
    at: datetime | None = None
    verdict: Verdict | None = None


class AllChecked(BaseModel):
    """Those of a seat, by exercise."""

    model_config = ConfigDict(frozen=True)

    exercises: dict[str, Checked] = {}

    def of(self, exercise: str) -> Checked:
        """Those of EXERCISE."""
        return self.exercises.get(exercise, Checked())


def read_checked(seat: Seat) -> AllChecked:
    """The checks at SEAT; Refused when the file says nothing."""
    file = seat.directory / FILE
    try:
        return AllChecked.model_validate_json(file.read_text())
    except FileNotFoundError:
        return AllChecked()
    except ValueError:
        raise Refused(str(file), None, "it is damaged or of another release; remove it") from None


def note_verdict(seat: Seat, exercise: str, verdict: Verdict) -> None:
    """A check of EXERCISE at SEAT, which the caller holds, has come to VERDICT."""
    times = read_checked(seat).of(exercise).times + 1
    write(seat, exercise, Checked(times=times, at=datetime.now(UTC), verdict=verdict))


def forget_verdict(seat: Seat, exercise: str) -> None:
    """EXERCISE begins, or ends, at SEAT, which the caller holds: what the last check said is over."""
    write(seat, exercise, Checked(times=read_checked(seat).of(exercise).times))


def write(seat: Seat, exercise: str, checked: Checked) -> None:
    """Let CHECKED be what is known of EXERCISE at SEAT."""
    exercises = read_checked(seat).exercises | {exercise: checked}
    write_private(seat.directory / FILE, AllChecked(exercises=exercises).model_dump_json(indent=2) + "\n")

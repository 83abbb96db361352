"""What is remembered of a seat: which exercise is under way, what was asked and passed, and when."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from lab.errors import Refused
from lab.exercise.files import EXERCISES
from lab.exercise.model import Programs
from lab.exercise.seat import Seat
from lab.filelock import holder_of, locked
from lab.holding import share
from lab.private import write_private
from lab.vagrant import end_processes


class Record(BaseModel):
    """What a learner has done of one exercise; HINTS is how many they have seen.

    FOLDER is that of the one begun last, unless it is of the checkout.
    """

    model_config = ConfigDict(frozen=True)

    under_way: bool = False
    folder: Path | None = None
    started: datetime | None = None
    hints: int = 0
    solution_shown: bool = False
    checked: datetime | None = None
    passed: datetime | None = None


def record_of(exercise: str, seat: Seat) -> Record:
    """What is remembered of the exercise called so in SEAT."""
    try:
        return Record.model_validate_json(file_of(exercise, seat).read_text())
    except FileNotFoundError:
        return Record()
    except ValueError:
        mend = "it is damaged or of another release; remove it"
        raise Refused(str(file_of(exercise, seat)), None, mend) from None


def remember(exercise: Programs, seat: Seat, **changes: object) -> Record:
    """Write CHANGES to what is remembered of EXERCISE in SEAT; returns what is so now."""
    record = record_of(exercise.name, seat).model_copy(update=changes)
    write_private(file_of(exercise.name, seat), record.model_dump_json(indent=2) + "\n")
    return record


def under_way(seat: Seat) -> Programs | None:
    """The exercise that is under way in SEAT, whose folder may be gone; None when none is."""
    for file in (seat.directory / "exercises").glob("*.json"):
        name, record = file.stem, record_of(file.stem, seat)
        if record.under_way:
            return Programs(name, record.folder or EXERCISES / name)
    return None


def file_of(exercise: str, seat: Seat) -> Path:
    """Where stands what is remembered of the exercise called so."""
    return seat.directory / "exercises" / f"{exercise}.json"


@contextmanager
def at_work(seat: Seat) -> Iterator[None]:
    """While the block runs, this process alone is at work in SEAT, and nobody with its lab as a whole.

    Refused when another is. What is left running of one that was killed ends first.
    """
    file = seat.directory / "work.lock"
    with ExitStack() as held:
        try:
            held.enter_context(locked(file, wait=False))
        except BlockingIOError:
            mend = f"process {holder_of(file)} is at work in it; wait for it"
            raise Refused("seat", seat.name, mend) from None
        held.enter_context(share(seat.lab))
        end_processes(seat.directory)
        yield

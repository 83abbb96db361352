"""What is not well in the labs of a class."""

from collections.abc import Sequence

from lab.api import cloud_answers
from lab.classroom.project_seat import projects_in
from lab.classroom.seat import Seat, SeatState
from lab.errors import LabError, Refused
from lab.labs import find_lab, lab_called
from lab.status import status_of


def ailments(lab_name: str) -> list[str]:
    """What is not well in the lab called so, each in a line; nothing when all is."""
    try:
        lab = lab_called(lab_name)
        if lab is None:
            return ["it is not there; `dslab class up` makes it again"]
        parts = status_of(lab).parts
    except (LabError, Refused) as error:
        return [str(error)]
    return [f"{part.name} on {part.machine}: {part.say}" for part in parts if not part.well]


def missing_projects(lab_name: str, seats: Sequence[Seat]) -> list[str]:
    """What to say of those of SEATS that are ready in the lab called so, and that its cloud does not know."""
    try:
        with cloud_answers():
            there = projects_in(find_lab(lab_name))
    except (LabError, Refused) as error:
        return [str(error)]
    return [
        f"{seat.name} has no project in it; `dslab class up` makes it again"
        for seat in seats
        if seat.lab == lab_name and seat.state is SeatState.READY and seat.user not in there
    ]

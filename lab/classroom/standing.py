"""How a class stands: its seats, and what is not well in its labs."""

from dataclasses import dataclass
from typing import Any

from lab.classroom.classes import Classroom
from lab.classroom.handout import board_url
from lab.classroom.health import ailments, missing_projects
from lab.classroom.seat import Seat, SeatState
from lab.classroom.work import exercises_of, passed_at
from lab.errors import Refused


@dataclass(frozen=True)
class Standing:
    """A class, how many of its exercises each seat has PASSED, and what of which lab is SICK."""

    classroom: Classroom
    seats: list[Seat]
    passed: dict[str, int]
    exercises: int
    sick: dict[str, list[str]]

    @property
    def is_well(self) -> bool:
        """Whether all seats are ready and nothing ails their labs."""
        return not any(self.sick.values()) and all(seat.state is SeatState.READY for seat in self.seats)

    def as_json(self) -> dict[str, Any]:
        """What a program reads; no secret of anybody's."""
        return {
            "name": self.classroom.name,
            "title": self.classroom.plan.title,
            "kind": self.classroom.plan.kind,
            "well": self.is_well,
            "board": board_url(self.classroom),
            "exercises": self.exercises,
            "seats": [
                {
                    "name": seat.name,
                    "state": word_for(seat),
                    "lab": seat.lab,
                    "passed": self.passed[seat.name],
                    "handout": str(seat.pdf),
                }
                for seat in self.seats
            ],
            "sick": self.sick,
        }


def standing_of(classroom: Classroom) -> Standing:
    """How CLASSROOM stands now; a damaged file of a seat is told as what ails the lab of that."""
    seats, passed = classroom.all_seats, {}
    sick = {lab: ailments(lab) or missing_projects(lab, seats) for lab in classroom.labs}
    for refusal in classroom.unreadable_seats:
        sick[classroom.lab_of(str(refusal.value))].append(str(refusal))
    for seat in seats:
        try:
            passed[seat.name] = passed_at(classroom, seat)
        except Refused as refusal:
            passed[seat.name] = 0
            sick[seat.lab].append(str(refusal))
    return Standing(classroom, seats, passed, len(exercises_of(classroom)), sick)


def word_for(seat: Seat) -> str:
    """What SEAT is: ready, spare, or not ready."""
    if seat.state is not SeatState.READY:
        return "not ready"
    return "spare" if seat.spare else "ready"

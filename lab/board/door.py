"""Who may see what: a link lets in the trainer, or the one seat that it is for."""

from dataclasses import dataclass
from secrets import compare_digest

from lab.classroom.classes import Classroom


@dataclass(frozen=True)
class Visitor:
    """Somebody with a token of the class: the trainer, or who sits at SEAT."""

    seat: str = ""

    @property
    def is_trainer(self) -> bool:
        """Whether all seats may be seen."""
        return not self.seat

    @property
    def home(self) -> str:
        """The page where this visitor begins."""
        return "/" if self.is_trainer else f"/seats/{self.seat}"

    def may_see(self, seat: str) -> bool:
        """Whether the page of SEAT is for this visitor, whether there is such a seat or not."""
        return self.is_trainer or self.seat == seat


def visitor_with(token: str, classroom: Classroom) -> Visitor | None:
    """Who has TOKEN; None when nobody of CLASSROOM has. How long it takes tells nothing of any token."""
    known = {"": classroom.trainer} | {seat.name: seat.token for seat in classroom.all_seats}
    given = token.encode()
    found = [name for name, own in known.items() if compare_digest(own.encode(), given)]
    return Visitor(found[0]) if found else None

"""What checks of exercises look with."""

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def one(things: Iterable[T], say: str) -> T:
    """The only one of THINGS; the learner is told SAY when there is none, or that there are too many."""
    found = list(things)
    assert found, say  # noqa: S101  what is asserted is for the learner
    assert len(found) == 1, f"There are {len(found)} of that name; one is asked for."  # noqa: S101
    return found[0]

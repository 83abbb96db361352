"""Waiting against a deadline: it ends when the thing is there, when it has failed, or when time is up."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import ClassVar, TypeVar

from lab.errors import Layer, TooLate

T = TypeVar("T")


class NotYet(Exception):
    """Raised by what is awaited while it is still under way; says how far it is."""


class Deadline:
    """A moment by which something has to be there; several waits may share one.

    Seconds are those of a machine on which KVM works; `slowness` says how much more time all that is awaited
    from now on may take (lab/speed.py measures it).
    """

    slowness: ClassVar[float] = 1.0

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds * self.slowness
        self._end = monotonic() + self.seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never less than 0."""
        return max(0.0, self._end - monotonic())

    def until(self, layer: Layer, what: str, attempt: Callable[[], T], every: float = 0.5) -> T:
        """Return what ATTEMPT returns, calling it again EVERY so many seconds while it raises NotYet.

        A slow machine is asked less often, too: answers are work. Any other exception of ATTEMPT means that
        it will never come and ends the wait at once.
        Raises TooLate, with the last thing seen, when the deadline has passed.
        """
        while True:
            try:
                return attempt()
            except NotYet as state:
                if not self.remaining:
                    message = f"{what}: not within {self.seconds:g} s, at the end {state}"
                    raise TooLate(layer, message) from None
            sleep(min(every * self.slowness, self.remaining))

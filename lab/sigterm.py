"""A polite kill ends what is at work like an error: it gives back what it has."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from lab.errors import Layer, ToldToEnd


@contextmanager
def told_to_end() -> Iterator[None]:
    """While the block runs, which the main thread enters, SIGTERM raises ToldToEnd there."""
    before = signal.signal(signal.SIGTERM, tell)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def tell(_signal: int, _frame: FrameType | None) -> None:
    """Raise ToldToEnd."""
    raise ToldToEnd(Layer.MACHINE, "the run was told to end (SIGTERM)")

"""Who is at work with a lab, and whether anybody wants it.

The kernel gives a lock back however its holder ends: no dead owner is believed alive.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from lab.errors import Refused, even_if_full
from lab.filelock import holder_of, locked
from lab.labs import Lab, Phase, Unreadable, find_lab, lock_of, read_lab


def is_dead(directory: Path) -> bool:
    """Whether nobody wants what the lab in DIRECTORY made, and nobody is at work with it."""
    try:
        return holder_of(lock_of(directory)) is None and is_unwanted(directory)
    except PermissionError:  # another user's
        return False


def is_unwanted(directory: Path) -> bool:
    """Whether there is no lab in DIRECTORY any more, or one that nobody wants unless somebody holds it."""
    try:
        return read_lab(directory).is_unwanted
    except FileNotFoundError:
        return directory.name != ".vagrant" or not directory.exists()
    except Refused as refusal:
        return isinstance(refusal, Unreadable)


@contextmanager
def hold(lab: Lab) -> Iterator[Lab]:
    """While the block runs, this process alone is at work with LAB, as it is by then.

    Refused when another process is, or when the lab has been removed.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked(lock_of(lab.directory), wait=False))
        except BlockingIOError:
            raise busy(lab) from None
        mine = find_lab(lab.name).model_copy(update={"pid": os.getpid()})
        with even_if_full():
            mine.save()
        yield mine


@contextmanager
def share(lab: Lab) -> Iterator[None]:
    """While the block runs, others may be at work in seats of LAB, and nobody with LAB as a whole.

    Refused when somebody is.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locked(lock_of(lab.directory), wait=False, shared=True))
        except BlockingIOError:
            raise busy(lab) from None
        yield


def busy(lab: Lab) -> Refused:
    """The refusal of a LAB that somebody holds, or shares, whom its lock does not name."""
    who = f"process {owner}" if (owner := lab.owner) else "somebody at a seat"
    return Refused("lab", lab.name, f"{who} is at work with it; wait for it or end it")


@contextmanager
def hold_dead(directory: Path) -> Iterator[bool]:
    """While the block runs nobody takes up the lab in DIRECTORY; gives whether it is dead still."""
    lock = lock_of(directory)
    with ExitStack() as held:
        try:
            if lock.parent.is_dir():  # or nobody can take it up
                held.enter_context(locked(lock, wait=False))
        except BlockingIOError:
            yield False
            return
        yield is_unwanted(directory)
        if not directory.exists():
            lock.unlink(missing_ok=True)


@contextmanager
def building(lab: Lab) -> Iterator[Lab]:
    """While the block runs LAB, which the caller holds, is being built; it is ready when the block ends well.

    It is unfinished when an exception ends the block. A lab that was ready before stays so meanwhile, and
    when it is Refused, which comes before anything is changed.
    """
    was_ready = lab.phase is Phase.READY
    try:
        yield lab if was_ready else lab.save(phase=Phase.BUILDING)
    except BaseException as error:
        if was_ready and isinstance(error, Refused):
            raise
        find_lab(lab.name).save(phase=Phase.UNFINISHED)
        raise
    find_lab(lab.name).save(phase=Phase.READY)

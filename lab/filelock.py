"""Locks of files: the kernel gives them back however their holder ends, and one can look without touching."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_UNLCK, F_WRLCK, fcntl
from pathlib import Path
from struct import pack, unpack_from

STRUCT_FLOCK = "hhqqi4x"  # type, whence, start, length (0: all), pid (0 for locks of open files)


@contextmanager
def locked(file: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of FILE, which then has this process's id in it, while the block runs.

    BlockingIOError when somebody has it and this one shall not WAIT.
    """
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("a+") as opened:
        fcntl(opened, F_OFD_SETLKW if wait else F_OFD_SETLK, pack(STRUCT_FLOCK, F_WRLCK, 0, 0, 0, 0))
        opened.truncate(0)
        opened.write(f"{os.getpid()}\n")
        opened.flush()
        yield


def holder_of(file: Path) -> int | None:
    """The id of the process that holds the lock of FILE; None when nobody does. Disturbs nobody."""
    try:
        with file.open("r+") as opened:
            answer = fcntl(opened, F_OFD_GETLK, pack(STRUCT_FLOCK, F_WRLCK, 0, 0, 0, 0))
            if unpack_from("h", answer) == (F_UNLCK,):
                return None
            return int(opened.read().strip() or 0)
    except FileNotFoundError:
        return None

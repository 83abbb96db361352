"""Locks of files: the kernel gives them back however their holder ends, and one can look without touching."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_RDLCK, F_UNLCK, F_WRLCK, fcntl
from pathlib import Path
from struct import pack, unpack_from
from typing import IO

from lab.errors import even_if_full

STRUCT_FLOCK = "hhqqi4x"  # type, whence, start, length (0: all), pid (0 for locks of open files)


@contextmanager
def locked(file: Path, *, wait: bool = True, shared: bool = False) -> Iterator[None]:
    """Hold the lock of FILE, which then has this process's id in it, while the block runs.

    SHARED with others who want it so: then no id is in it, nor if the disk is full. BlockingIOError
    when somebody has it and this one shall not WAIT.
    """
    kind = F_RDLCK if shared else F_WRLCK
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        with file.open("a+") as opened:
            fcntl(opened, F_OFD_SETLKW if wait else F_OFD_SETLK, pack(STRUCT_FLOCK, kind, 0, 0, 0, 0))
            if not is_at(file, opened):  # who held it has removed it, and others may lock a new one
                continue
            opened.truncate(0)
            if not shared:
                with even_if_full():
                    os.write(opened.fileno(), f"{os.getpid()}\n".encode())
            yield
            return


def is_at(file: Path, opened: IO[str]) -> bool:
    """Whether what is OPENED is what stands at FILE now."""
    try:
        return os.path.samestat(os.fstat(opened.fileno()), file.stat())
    except FileNotFoundError:
        return False


def holder_of(file: Path) -> int | None:
    """The id of the process that holds the lock of FILE, 0 for who shares it; None when nobody does.

    Disturbs nobody.
    """
    try:
        with file.open("r+") as opened:
            answer = fcntl(opened, F_OFD_GETLK, pack(STRUCT_FLOCK, F_WRLCK, 0, 0, 0, 0))
            if unpack_from("h", answer) == (F_UNLCK,):
                return None
            return int(opened.read().strip() or 0)
    except FileNotFoundError:
        return None

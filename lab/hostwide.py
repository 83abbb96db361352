"""What one process of this host has at a time, whoever its user is; the kernel takes it back at its end.

It is a name of a socket that is no file: every user may ask for it, and nothing of it stays.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EADDRINUSE
from socket import AF_UNIX, SOCK_DGRAM, socket
from time import sleep

NAMESPACE = "dietstack-lab"
SECONDS_BETWEEN_QUESTIONS = 0.5

_kept: set[str] = set()


def keep(what: str) -> bool:
    """Whether this process has WHAT from now on, until it ends; not if another one has it."""
    name = name_of(what)
    if name not in _kept and (taken := take(name)):
        taken.detach()  # nobody closes it any more
        _kept.add(name)
    return name in _kept


@contextmanager
def alone_with(what: str) -> Iterator[None]:
    """Have WHAT while the block runs, which waits until nobody else has it."""
    while (taken := take(name_of(what))) is None:
        sleep(SECONDS_BETWEEN_QUESTIONS)
    with taken:
        yield


def take(name: str) -> socket | None:
    """A socket called NAME; None if there is one."""
    taken = socket(AF_UNIX, SOCK_DGRAM)
    try:
        taken.bind(name)
    except OSError as error:
        taken.close()
        if error.errno != EADDRINUSE:
            raise
        return None
    return taken


def name_of(what: str) -> str:
    """What the socket is called that stands for WHAT."""
    return f"\0{NAMESPACE}/{what}"

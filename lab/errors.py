"""Errors that name the layer that failed, so that nobody has to guess from a timeout."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from errno import ENOSPC

FULL = "no space left on device"  # programs in Go say so, and others with a capital letter
MORE_ROOM = "dslab prune; dslab forget --stages  # and: dslab checkpoints, docker system df"


class Layer(StrEnum):
    """Where a failure lies, in the words a person would search the manual for."""

    MACHINE = "machine"
    DEPLOYMENT = "deployment"
    SERVICE = "service"
    IMAGE = "image"
    QUOTA = "quota"
    NETWORK = "network"
    VXLAN = "VXLAN"
    DHCP = "DHCP"
    METADATA = "metadata"
    NFS = "NFS"
    GUEST = "guest"
    EXERCISE = "exercise"


FAULT_CLUES = {
    Layer.QUOTA: ("quota",),
    Layer.NETWORK: ("virtual interface", "vif", "port binding", "binding failed", "network"),
    Layer.NFS: ("nfs", "mount", "volume", "block device"),
    Layer.IMAGE: ("image", "qcow2"),
}


def layer_of_fault(fault: str) -> Layer:
    """The layer that the text of a service's FAULT points at; SERVICE when it points nowhere else."""
    text = fault.lower()
    for layer, clues in FAULT_CLUES.items():
        if any(clue in text for clue in clues):
            return layer
    return Layer.SERVICE


class LabError(Exception):
    """A failure of the lab or of the cloud in it: the layer first, then what happened."""

    def __init__(self, layer: Layer, message: str) -> None:
        super().__init__(f"{layer}: {message}")
        self.layer = layer
        self.message = message


class Broken(LabError):
    """What was awaited has failed; waiting longer would not help."""


class TooLate(LabError):
    """What was awaited did not come in its time."""


class Overdue(TooLate):
    """A whole test took too long; what it waited for is told by what is sick around it."""


class ToldToEnd(Broken):
    """Somebody, or a time limit above, wants the run to end."""


class Leaked(LabError):
    """What a test made is still there after the test, or could not be given back."""


class Refused(Exception):
    """What was asked for cannot be done, and nothing was changed: one line with setting, value and mend.

    SETTING is the option, the setting or the place in a file, VALUE what it has (None: nothing); MEND says
    what to do instead. Exit code 2.
    """

    def __init__(self, setting: str, value: object, mend: str) -> None:
        what = setting if value is None else f"{setting} {value!r}"
        super().__init__(" ".join(f"{what}: {mend}".split()))
        self.setting = setting
        self.value = value
        self.mend = mend


def raise_if_full(said: str, what: object) -> None:
    """Raise OSError if a program SAID that the disk is full to which WHAT, a place or a command, writes."""
    if FULL in said.lower():
        raise OSError(ENOSPC, os.strerror(ENOSPC), str(what))


@contextmanager
def even_if_full() -> Iterator[None]:
    """While the block runs, what is not written for want of room on the disk is left out.

    It is for what is good to know, and may not keep from removing what takes the room.
    """
    try:
        yield
    except OSError as error:
        if error.errno != ENOSPC:
            raise

"""What a provider has to do for checkpoints: machines written down at one moment, and brought back to it."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol, TypeVar

from lab.labs import Lab
from lab.machine import Machine

T = TypeVar("T")


class States(Protocol):
    """Writes down all machines of a lab together, and exchanges what they are for what was written.

    Errors are LabError of the layer machine; what cannot be asked of it is Refused. The caller holds the lab.
    """

    def made_of(self, lab: Lab) -> str:
        """The images that the machines of LAB stand on, or would stand on: a state fits no others."""

    def lacking(self, lab: Lab) -> list[str]:
        """The machines of LAB that are not there, whether with power or without."""

    def save(self, lab: Lab, folder: Path, *, memory: bool) -> None:
        """Write all machines of LAB at one moment to FOLDER; they go on when this ends, also badly.

        With what they have in MEMORY, or as a power cut would leave them; some are never saved but so.
        """

    def lay_out(self, lab: Lab, folder: Path) -> None:
        """Put what FOLDER has beside what the machines of LAB have; they notice nothing of it."""

    def exchange(self, lab: Lab, folder: Path) -> None:
        """Move aside what the machines of LAB have; start them with what was laid out of FOLDER."""

    def put_back(self, lab: Lab) -> None:
        """Start the machines of LAB with what they had before `exchange`, however far that came.

        Also after a process that was killed, and whatever the machines do now.
        """

    def settle(self, lab: Lab) -> None:
        """Remove what was laid out for LAB or moved aside, and is not in use."""

    def resume(self, lab: Lab) -> None:
        """Let the machines of LAB go on that a killed `save` left standing, and end what it had under way."""

    def set_clocks(self, lab: Lab) -> None:
        """Let the machines of LAB that stood still have the time of the host; LabError when one is silent."""


def together(do: Callable[[Machine], T], machines: Iterable[Machine]) -> list[T]:
    """What DO returns for each of MACHINES, side by side; the first error when all have ended."""
    several = list(machines)
    with ThreadPoolExecutor(max_workers=len(several) or 1) as pool:
        return list(pool.map(do, several))

"""What a provider of machines has to do."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lab.errors import LabError
from lab.labs import Lab
from lab.machine import Machine
from lab.provider.states import States
from lab.report import Report


@dataclass(frozen=True)
class Belonging:
    """What the lab in the directory LAB has on the host: KIND ("container", ...), NAME, and how it goes."""

    kind: str
    name: str
    lab: Path
    remove: Callable[[], None]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Provider(Protocol):
    """Boots, stops and removes the machines of labs; knows nothing of what runs in them.

    Errors are LabError of the layer machine; what cannot be asked of it is Refused.
    """

    name: str

    @property
    def states(self) -> States:
        """What writes down its machines and brings them back; Refused when nothing can."""

    def up(self, lab: Lab, report: Report) -> dict[str, Machine | LabError]:
        """Boot all machines of LAB in parallel; one that is up already stays as it is.

        Every machine of the scenario is in what it returns: as itself when ssh answers in it, else as the
        error that kept it from answering, with the end of its console. Raises only when none can boot.
        """

    def machines(self, lab: Lab) -> dict[str, Machine]:
        """The machines of LAB by name, whether they answer or not."""

    def is_up(self, machine: Machine) -> bool:
        """Whether MACHINE has power."""

    def console(self, machine: Machine) -> str:
        """What MACHINE wrote to its console; empty if it has none."""

    def reboot(self, machine: Machine) -> None:
        """Reboot MACHINE in good order and wait until ssh answers."""

    def power_off(self, machine: Machine) -> None:
        """Cut the power of MACHINE."""

    def halt(self, machine: Machine) -> None:
        """Shut MACHINE down in good order."""

    def start(self, machine: Machine) -> None:
        """Start MACHINE, which is down, and wait until ssh answers."""

    def remove(self, machine: Machine) -> None:
        """Remove MACHINE with its disk, in whatever state it is; the rest of its lab stays."""

    def destroy(self, lab: Lab) -> None:
        """Remove all of LAB that the provider made on the host, also what a failed `up` left."""

    def belongings(self) -> list[Belonging]:
        """What on the host belongs to labs, living or dead, in the order in which it can go."""

"""A machine of a lab: commands in it, its console, its power."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from testinfra.backend.base import CommandResult
from testinfra.host import Host

from lab.errors import LabError, Layer
from lab.scenario import MachineSpec

if TYPE_CHECKING:
    from lab.labs import Lab
    from lab.provider.base import Provider

LAST_LINES = 30


class CommandFailed(LabError):
    """A command in a machine returned something else than 0."""


@dataclass(frozen=True)
class Machine:
    """The machine NAME of LAB; HOST is its testinfra host, ADDRESS that in the network ds."""

    name: str
    spec: MachineSpec
    host: Host
    address: IPv4Address
    lab: "Lab"
    provider: "Provider"

    def run(self, command: str, *arguments: str) -> str:
        """The standard output, stripped, of the shell COMMAND, run as root; CommandFailed unless it returned 0.

        Each %s in COMMAND stands for one of ARGUMENTS, quoted.
        """
        __tracebackhide__ = True
        result = self.result(command, *arguments)
        if result.rc != 0:
            last = "\n".join((result.stdout + result.stderr).splitlines()[-LAST_LINES:])
            message = f"{command!r} in machine {self.name} returned {result.rc}: {last}"
            raise CommandFailed(Layer.MACHINE, message.strip())
        return str(result.stdout).strip()

    def result(self, command: str, *arguments: str) -> CommandResult:
        """What the shell COMMAND returned and printed."""
        with self.host.sudo():
            return self.host.run(command, *arguments)

    def succeeds(self, command: str, *arguments: str) -> bool:
        """Whether the shell COMMAND returns 0."""
        return bool(self.result(command, *arguments).rc == 0)

    def console(self) -> str:
        """What the machine wrote to its console since it was made."""
        return self.provider.console(self)

    def reboot(self) -> None:
        """Reboot the machine as its operating system does; returns when ssh answers again."""
        self.provider.reboot(self)

    def power_off(self) -> None:
        """Cut the power: nothing in the machine is told."""
        self.provider.power_off(self)

    def halt(self) -> None:
        """Shut the machine down in good order."""
        self.provider.halt(self)

    def start(self) -> None:
        """Start the machine after `halt` or `power_off`; returns when ssh answers."""
        self.provider.start(self)

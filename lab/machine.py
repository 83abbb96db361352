"""A machine of a lab: commands in it, its console, its power."""

import os
import shlex
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from typing import TYPE_CHECKING

from testinfra.backend.base import CommandResult
from testinfra.host import Host

from lab.errors import LabError, Layer
from lab.labs import Lab, full_name
from lab.scenario import MachineSpec
from lab.ssh import is_told, telling

if TYPE_CHECKING:
    from lab.provider.base import Provider

LAST_LINES = 30


class CommandFailed(LabError):
    """A command in a machine returned something else than 0."""


@dataclass(frozen=True)
class Machine:
    """The machine NAME of LAB.

    HOST is its testinfra host (commands run as root), ADDRESS that in the network ds, CHECKOUT where
    DietStack's commands are in it, ROOT_SHELL the words that run a script from their standard input in it.
    """

    name: str
    spec: MachineSpec
    host: Host
    address: IPv4Address
    checkout: Path
    root_shell: tuple[str, ...]
    lab: Lab
    provider: "Provider"

    @property
    def full_name(self) -> str:
        """Its name on the host: that of its container or its domain."""
        return full_name(self.lab.name, self.name)

    def run(self, command: str, *arguments: str) -> str:
        """The standard output, stripped, of COMMAND, run by root's shell; CommandFailed unless it returned 0.

        Each %s in COMMAND stands for one of ARGUMENTS, quoted.
        """
        __tracebackhide__ = True
        result = self.result(command, *arguments)
        if result.rc != 0:
            said = last_lines(result.stdout + result.stderr)
            message = f"{command!r} in machine {self.name} returned {result.rc}: {said}"
            raise CommandFailed(Layer.MACHINE, message)
        return str(result.stdout).strip()

    def result(self, command: str, *arguments: str) -> CommandResult:
        """What the shell COMMAND returned and printed; LabError when the machine does not answer."""
        words = command % tuple(map(shlex.quote, arguments)) if arguments else command
        try:
            return self.host.run(telling(words))
        except RuntimeError as error:  # testinfra's word for LOST; it has the result
            result: CommandResult = error.args[0]
        why = result.stderr_bytes.decode(errors="replace")
        if not is_told(why):
            raise LabError(Layer.MACHINE, f"machine {self.name} does not answer: {why}".strip())
        return result

    def succeeds(self, command: str, *arguments: str) -> bool:
        """Whether the shell COMMAND returns 0."""
        return bool(self.result(command, *arguments).rc == 0)

    def stream(self, script: str, log: Path, heard: Callable[[str], object] = print) -> int:
        """Run the bash SCRIPT as root; its output goes to the end of LOG, and line by line to HEARD.

        Returns the script's exit code, or `lab.ssh.LOST` when the machine does not answer, or not any more.
        SCRIPT is in no list of processes and may have secrets in it.
        """
        with log.open("a") as file, Popen(self.root_shell, stdin=PIPE, stdout=PIPE, stderr=STDOUT) as process:
            assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  PIPE says so
            # And left open: a script may want to know how long somebody is there.
            with suppress(BrokenPipeError):  # what nobody reads is told by the exit code
                os.write(process.stdin.fileno(), script.encode())
            for line in process.stdout:
                text = line.decode(errors="replace").rstrip()
                file.write(f"{text}\n")
                file.flush()
                heard(text)
        return process.returncode

    def console(self) -> str:
        """What the machine wrote to its console."""
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


def last_lines(text: str, number: int = LAST_LINES) -> str:
    """The last lines of TEXT, without those that are empty at its end."""
    return "\n".join(text.strip().splitlines()[-number:])

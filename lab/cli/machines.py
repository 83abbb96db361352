"""Into a machine of a lab: ssh, openstack, logs."""

import os
import sys
from typing import Annotated, NoReturn

import typer

from lab.choosing import chosen_lab
from lab.cli import complete
from lab.cli.app import LabOption, Verbatim, app
from lab.cli.output import print_line
from lab.entry import entry, openstack_command
from lab.labs import Lab
from lab.logs import log_command
from lab.scenario import CONTROL

MachineName = Annotated[str, typer.Argument(metavar="[MACHINE]", autocompletion=complete.machines)]
Words = Annotated[list[str] | None, typer.Argument(metavar="[COMMAND]...")]


@app.command(context_settings=Verbatim)
def ssh(machine: MachineName = "control", command: Words = None, lab: LabOption = "") -> None:
    """Open a shell in a machine, or run COMMAND there as root."""
    become(entry(chosen_lab(lab), machine, " ".join(without_dashes(command)), terminal=has_terminal()))


@app.command(context_settings=Verbatim)
def openstack(arguments: Words = None, lab: LabOption = "") -> None:
    """Run `openstack ARGUMENTS` in the lab's cloud as its administrator; without them, a shell."""
    chosen = chosen_lab(lab)
    become(
        entry(chosen, CONTROL, openstack_command(chosen, without_dashes(arguments)), terminal=has_terminal())
    )


@app.command()
def logs(
    machine: Annotated[str, typer.Argument(metavar="[MACHINE]", autocompletion=complete.machines)] = "",
    service: Annotated[str, typer.Argument(metavar="[SERVICE]", help="nova, neutron, ...")] = "",
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many at the end.")] = 100,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until interrupted.")] = False,
    lab: LabOption = "",
) -> None:
    """Show a machine's journal, or a service's logs in it; without a machine, how the lab was made."""
    chosen = chosen_lab(lab)
    if not machine:
        show_own_logs(chosen, lines)
        return
    become(entry(chosen, machine, log_command(service, lines, follow=follow)))


def show_own_logs(lab: Lab, lines: int) -> None:
    """Print the last LINES of each log that was written while LAB was made."""
    for log in sorted(lab.log.glob("*.log")):
        print_line(f"==> {log.name} <==")
        print_line("\n".join(log.read_text(errors="replace").splitlines()[-lines:]))


def without_dashes(words: list[str] | None) -> list[str]:
    """WORDS without the `--` that other tools want between an option and a command."""
    return words[1:] if words and words[0] == "--" else words or []


def has_terminal() -> bool:
    """Whether a person types here."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def become(words: list[str]) -> NoReturn:
    """Go on as another program."""
    sys.stdout.flush()
    os.execvp(words[0], words)  # noqa: S606  no shell is wanted

"""The commands that a person types to have and to remove a cloud, typed in a machine of a lab."""

import shlex
from collections.abc import Callable, Mapping

from lab.errors import LabError, Layer
from lab.machine import LAST_LINES, Machine, last_lines
from lab.ssh import COMMANDS_OWN, LOST, is_told

# The command ends when its input does: with the process that wanted it, however that ended. What watches the
# input keeps no output open, or whoever reads that would wait for it.
SCRIPT = """\
{{
    {exports}
    cd {checkout}
    exec 3<&0
    {command} </dev/null 3<&- &
    command=$!
    {{ cat <&3; kill $command; }} &>/dev/null &
    watcher=$!
    wait $command
    status=$?
    kill $watcher
    [[ $status != {lost} ]] || echo '{commands_own}'
    exit $status
}}
"""


def deploy(machine: Machine, settings: Mapping[str, str], heard: Callable[[str], object]) -> None:
    """Run runds.sh in MACHINE of a lab with SETTINGS in its environment; HEARD gets each line it prints."""
    run_command(machine, "./runds.sh", settings, heard)


def run_command(
    machine: Machine, command: str, settings: Mapping[str, str], heard: Callable[[str], object]
) -> None:
    """Run COMMAND in the checkout in MACHINE, with SETTINGS in its environment, its output in the lab's log.

    LabError with the last lines of the log when it fails.
    """
    script = script_of(command, str(machine.checkout), settings)
    log = machine.lab.log / f"{machine.name}.log"
    said: list[str] = []

    def hear(line: str) -> None:
        said.append(line)
        heard(" ".join(line.split()))

    status = machine.stream(script, log, hear)
    if status:
        last = last_lines("\n".join(said), LAST_LINES)
        if status == LOST and not is_told(last):
            raise LabError(Layer.MACHINE, f"{machine.name} does not answer; {command} ran ({log}):\n{last}")
        raise LabError(
            Layer.DEPLOYMENT, f"{command} in machine {machine.name} returned {status} ({log}):\n{last}"
        )


def script_of(command: str, checkout: str, settings: Mapping[str, str]) -> str:
    """The script that runs COMMAND in the directory CHECKOUT with SETTINGS in its environment."""
    exports = "\n    ".join(f"export {name}={shlex.quote(value)}" for name, value in settings.items())
    return SCRIPT.format(
        exports=exports or ":",
        checkout=shlex.quote(checkout),
        command=command,
        lost=LOST,
        commands_own=COMMANDS_OWN,
    )

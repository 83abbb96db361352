"""SIGKILL of a bash before one of its commands, at places that are spread over all of its way."""

from tests.unit.deploy.shell import Shell

PLACES = 10
NEVER = 10**9


def killed_before(command: int) -> str:
    """What stands before a script, so that it is killed before the COMMANDth of its commands."""
    return f"n=0; set -T; trap '((++n < {command})) || kill -KILL $$' DEBUG\n"


def commands_of(host: Shell, script: str, before: str = "") -> int:
    """How many commands SCRIPT has on HOST, from after BEFORE, its functions, on; it does what it does."""
    return int(host.output(f"{before}\n{killed_before(NEVER)}{script}\necho $n").split()[-1])


def at_place(place: int, commands: int) -> int:
    """The command at PLACE, from 0 to PLACES, of a script that has so many COMMANDS; not the last one."""
    return 2 + (commands - 4) * place // PLACES

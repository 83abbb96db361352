"""ssh into the machines of a lab, by a configuration file that people can use as well."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.deadline import Deadline, NotYet
from lab.errors import Layer, Refused
from lab.labs import Lab
from lab.private import write_private

LOST = 255  # returned by ssh when it fails itself, but commands may return it, too
COMMANDS_OWN = f"dslab: the command itself returned {LOST}"
OPTIONS = """\
    User vagrant
    IdentitiesOnly yes
    PasswordAuthentication no
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
    ServerAliveInterval 15
    ServerAliveCountMax 8
"""


@dataclass(frozen=True)
class Door:
    """Where ssh finds a machine, and the private key that opens it."""

    address: str
    key: Path


def write_ssh_config(lab: Lab, doors: Mapping[str, Door]) -> None:
    """Let `ssh -F lab.ssh_config MACHINE` get into every machine of DOORS."""
    timeout = f"    ConnectTimeout {seconds_to_connect(lab)}\n"
    hosts = [
        f'Host {name}\n    HostName {door.address}\n    IdentityFile "{door.key}"\n{timeout}{OPTIONS}'
        for name, door in doors.items()
    ]
    write_private(lab.ssh_config, "\n".join(hosts))


def seconds_to_connect(lab: Lab) -> int:
    """How long a machine of LAB may take to let somebody in: emulated ones compute keys slowly."""
    return 30 if lab.emulated else 10


def ssh_words(lab: Lab, machine: str) -> tuple[str, ...]:
    """The words before a command that ssh runs in MACHINE; they mark it as a process of LAB."""
    return ("env", lab.mark, "ssh", "-F", str(lab.ssh_config), machine)


def refuse_bad_key(lab: Lab, key: Path) -> None:
    """Raise Refused if the private KEY of a machine of LAB is there and ssh does not take it."""
    if not key.exists():
        return
    command = ["ssh-keygen", "-y", "-P", "", "-f", str(key)]
    asked = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if asked.returncode:
        why = asked.stderr.strip().rpartition(": ")[2]
        mend = f"own it alone (chown, chmod 600), or begin anew: dslab down {lab.name}"
        raise Refused("ssh key", str(key), f"ssh does not take it, {why}; {mend}")


def telling(command: str) -> str:
    """The shell COMMAND, which says at its end when the LOST that it returns is its own."""
    return f"({command}\n); status=$?; [ $status != {LOST} ] || echo '{COMMANDS_OWN}' >&2; exit $status"


def is_told(said: str) -> bool:
    """Whether what was SAID ends with the command's word that LOST is its own."""
    return said.rstrip().endswith(COMMANDS_OWN)


def answers_ssh(lab: Lab, machine: str) -> bool:
    """Whether a command runs in MACHINE."""
    command = [*ssh_words(lab, machine), "true"]
    return subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, check=False).returncode == 0


def wait_for_ssh(lab: Lab, machine: str, deadline: Deadline) -> None:
    """Wait until a command runs in MACHINE, or TooLate."""

    def attempt() -> None:
        if not answers_ssh(lab, machine):
            raise NotYet("it does not answer")

    deadline.until(Layer.MACHINE, f"ssh in machine {machine}", attempt)

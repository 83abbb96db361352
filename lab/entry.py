"""How a person gets into a machine of a lab: the command to run on the host."""

import shlex
from collections.abc import Sequence

from lab.doctor.finding import HERE
from lab.errors import Refused
from lab.labs import Lab
from lab.provider.byname import provider_called
from lab.provider.here import as_root
from lab.scenario import CONTROL
from lab.ssh import refuse_bad_key
from lab.vagrant import Vagrant


def entry(lab: Lab, machine: str, command: str = "", *, terminal: bool = False) -> list[str]:
    """The words that run the shell COMMAND as root in MACHINE of LAB, or open a shell there without one.

    TERMINAL says whether the one who calls has one to give. Refused for a machine that LAB does not have.
    """
    if machine not in lab.scenario.machines:
        raise Refused("machine", machine, f"lab {lab.name} has {', '.join(lab.scenario.machines)}")
    if lab.provider == HERE:
        return [*as_root(), "bash", *(["-c", command] if command else [])]
    if not lab.ssh_config.exists():
        raise Refused("machine", machine, f"lab {lab.name} has not booted yet; let it, or type: dslab up")
    refuse_bad_key(lab, Vagrant(lab, lab.provider).key_of(machine))
    words = ["ssh", "-F", str(lab.ssh_config), *(["-t"] if terminal else []), machine]
    return [*words, "--", f"sudo bash -c {shlex.quote(command)}"] if command else words


def openstack_command(lab: Lab, arguments: Sequence[str]) -> str:
    """The shell command that runs `openstack ARGUMENTS` in the control machine of LAB."""
    checkout = provider_called(lab.provider).machines(lab)[CONTROL].checkout
    return f"cd {shlex.quote(str(checkout))} && {shlex.join(['./dscli.sh', *arguments])}"

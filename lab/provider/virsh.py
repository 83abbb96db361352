"""libvirt, by its own command: what domains, networks and disks there are, and orders to it."""

import re
import subprocess

from lab.errors import LabError, Layer

URI = "qemu:///system"


def virsh(*arguments: str) -> str:
    """What `virsh ARGUMENTS` prints; LabError with what it complains of."""
    command = ["virsh", "--quiet", "--connect", URI, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        complaint = result.stderr.strip()
        raise LabError(
            Layer.MACHINE, f"virsh {' '.join(arguments)} returned {result.returncode}: {complaint}"
        )
    return result.stdout


def domains() -> list[str]:
    """The names of all domains."""
    return virsh("list", "--all", "--name").split()


def networks(*options: str) -> list[str]:
    """The names of all networks, or of those that OPTIONS of virsh choose."""
    return virsh("net-list", *(options or ["--all"]), "--name").split()


def volumes(pool: str) -> list[str]:
    """The names of the disks in POOL; none if there is no such pool."""
    if pool not in virsh("pool-list", "--name").split():
        return []
    return [line.split()[0] for line in virsh("vol-list", pool).splitlines() if line.strip()]


def is_running(domain: str) -> bool:
    """Whether DOMAIN has power."""
    return domain in virsh("list", "--name").split()


def description(domain: str) -> str:
    """What somebody wrote about DOMAIN."""
    return virsh("desc", domain).strip()


def addresses(domain: str) -> list[str]:
    """The IPv4 addresses that libvirt's DHCP gave to DOMAIN; none if it does not run."""
    if not is_running(domain):
        return []
    return re.findall(r" ipv4 +([0-9.]+)/", virsh("domifaddr", domain))

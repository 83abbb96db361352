"""libvirt, by its own command: what domains, networks and disks there are, and orders to it."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lab.errors import LabError, Layer, raise_if_full

VIRSH = ("virsh", "--quiet", "--connect", "qemu:///system")
POOL = "default"  # where Vagrant puts disks


def virsh(*arguments: str) -> str:
    """What `virsh ARGUMENTS` prints; LabError with what it complains of, OSError when a disk is full."""
    command = [*VIRSH, *arguments]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        complaint, what = result.stderr.strip(), f"virsh {' '.join(arguments)}"
        raise_if_full(complaint, what)
        raise LabError(Layer.MACHINE, f"{what} returned {result.returncode}: {complaint}")
    return result.stdout


def domains() -> list[str]:
    """The names of all domains."""
    return virsh("list", "--all", "--name").split()


def networks(*options: str) -> list[str]:
    """The names of all networks, or of those that OPTIONS of virsh choose."""
    return virsh("net-list", *(options or ["--all"]), "--name").split()


def start(domain: str) -> None:
    """Give DOMAIN power."""
    start_networks(domain)
    virsh("start", domain)


def start_networks(domain: str) -> None:
    """Let the networks of DOMAIN work, those of others too: after a boot of the host they stand still."""
    idle = networks("--inactive")
    for name in re.findall(r"^ *\S+ +network +(\S+)", virsh("domiflist", domain), re.MULTILINE):
        if name in idle:
            start_network(name)


def start_network(name: str) -> None:
    """Let the network NAME work, unless somebody else has let it meanwhile."""
    try:
        virsh("net-start", name)
    except LabError:
        if name in networks("--inactive"):
            raise


def volumes() -> list[str]:
    """The names of the disks in the pool; none if there is no such pool."""
    if POOL not in virsh("pool-list", "--name").split():
        return []
    return [line.split()[0] for line in virsh("vol-list", POOL).splitlines() if line.strip()]


def remove_volume(name: str) -> None:
    """Remove the disk NAME."""
    virsh("vol-delete", name, "--pool", POOL)


def size_of(volume: str) -> int:
    """How many bytes the file of the disk VOLUME has."""
    said = virsh("vol-info", volume, "--pool", POOL, "--bytes", "--physical")
    return int(re.findall(r"Physical: +([0-9]+)", said)[0])


def backing_files() -> Iterator[str]:
    """The files on which disks in the pool stand."""
    for volume in volumes():
        yield from backing_file(volume)


def backing_file(volume: str) -> list[str]:
    """The one file on which the disk VOLUME stands, if it does and is still there."""
    with suppress(LabError):
        text = virsh("vol-dumpxml", volume, "--pool", POOL)
        return re.findall(r"<backingStore>\s*<path>(.*)</path>", text)
    return []


def make_volume(name: str, content: Path) -> None:
    """Make the disk NAME, with all that the file CONTENT has."""
    virsh("vol-create-as", POOL, name, f"{content.stat().st_size}B", "--allocation", "0", "--format", "raw")
    virsh("vol-upload", name, str(content), "--pool", POOL, "--sparse")


def download_volume(name: str, file: Path) -> None:
    """Copy all that the disk NAME has to FILE."""
    virsh("vol-download", name, str(file), "--pool", POOL, "--sparse")


def save_memory(domain: str, file: Path) -> None:
    """Write the memory of DOMAIN, which is suspended and stays so, to FILE; `virsh restore` reads it."""
    name, _ = disk(domain)
    where = f"file={str(file).replace(',', ',,')},snapshot=external"
    options = ("--no-metadata", "--memspec", where, "--diskspec", f"{name},snapshot=no")
    virsh("snapshot-create-as", domain, *options)


def disk_file(domain: str) -> str:
    """The file that is the one disk of DOMAIN."""
    return disk(domain)[1]


def disk(domain: str) -> tuple[str, str]:
    """The name that DOMAIN has for its one disk, and the file that it is."""
    listed = virsh("domblklist", domain, "--details")
    ((name, file),) = re.findall(r"^ *file +disk +(\S+) +(\S+)$", listed, re.MULTILINE)
    return str(name), str(file)


def uuid_of(domain: str) -> str:
    """What no two domains share, and none has that is made anew."""
    return virsh("domuuid", domain).strip()


def state_of(domain: str) -> str:
    """What DOMAIN does: running, paused, shut off, ..."""
    return virsh("domstate", domain).strip()


def running() -> list[str]:
    """The names of the domains that have power."""
    return virsh("list", "--name").split()


def is_running(domain: str) -> bool:
    """Whether DOMAIN has power."""
    return domain in running()


def description(domain: str) -> str:
    """What somebody wrote about DOMAIN; nothing if it has gone, as those of other labs may at any time."""
    try:
        return virsh("desc", domain).strip()
    except LabError:
        if domain in domains():
            raise
        return ""


def addresses(domain: str) -> list[str]:
    """The IPv4 addresses that libvirt's DHCP gave to DOMAIN; none if it does not run."""
    if not is_running(domain):
        return []
    return re.findall(r" ipv4 +([0-9.]+)/", virsh("domifaddr", domain))

"""Memory and disk of the host against what the labs need."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from lab.doctor.finding import ALL, NONE, Finding, bad, good
from lab.errors import MORE_ROOM

MEMORY, DISK = "memory", "disk"

# What a machine of a lab writes besides the images that all of them share, measured in GiB.
WRITTEN_BY_A_MACHINE = 2
WRITTEN_TO = {
    Path("/var/lib/docker"): frozenset({"docker"}),
    Path("/var/lib/libvirt/images"): frozenset({"libvirt"}),
}


def check_memory(needed: int, meminfo: Path = Path("/proc/meminfo")) -> Finding:
    """Whether NEEDED MiB are available."""
    available = memory_available(meminfo)
    found = f"{available} MiB available, {needed} MiB needed"
    if available >= needed:
        return good(MEMORY, found)
    return bad(
        MEMORY,
        found,
        "ps --sort=-rss -eo rss,args | head  # end what takes it; the scenario allinone needs the least",
        ALL,
    )


def memory_available(meminfo: Path) -> int:
    """MiB that programs can still have."""
    return mebibytes("MemAvailable", meminfo)


def memory_in_all(meminfo: Path) -> int:
    """MiB that this host has."""
    return mebibytes("MemTotal", meminfo)


def mebibytes(field: str, meminfo: Path) -> int:
    """What stands in FIELD of MEMINFO, in MiB."""
    fields = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    return int(fields[field].split()[0]) // 1024


def check_disk(
    needed: int, directory: Path, written_to: Mapping[Path, frozenset[str]] = WRITTEN_TO
) -> Finding:
    """Whether labs can be noted in DIRECTORY, and NEEDED GiB are free where machines of a provider write."""
    place = existing(directory)
    if not os.access(place, os.W_OK):
        return bad(DISK, f"{place} may not be written to", f'sudo chown "$USER" {place}', ALL)
    free = {place: shutil.disk_usage(existing(place)).free // 2**30 for place in written_to}
    scarcest = min(free, key=lambda place: free[place])
    found = f"{free[scarcest]} GiB free in {existing(scarcest)}, {needed} GiB needed"
    if free[scarcest] >= needed:
        return good(DISK, found)
    blocks = NONE.union(*(written_to[place] for place in free if free[place] < needed))
    return bad(DISK, found, MORE_ROOM, blocks)


def existing(directory: Path) -> Path:
    """DIRECTORY, or the nearest one above it that is there."""
    return next(place for place in (directory, *directory.parents) if place.exists())

"""Memory and disk of the host against what the labs need."""

import os
import shutil
from pathlib import Path

from lab.doctor.finding import ALL, Finding, bad, good

MEMORY, DISK = "memory", "disk"

# What a machine of a lab writes besides the images that all of them share, measured in GiB.
WRITTEN_BY_A_MACHINE = 2


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
    fields = dict(line.split(":", 1) for line in meminfo.read_text().splitlines())
    return int(fields["MemAvailable"].split()[0]) // 1024


def check_disk(needed: int, directory: Path) -> Finding:
    """Whether NEEDED GiB are free where DIRECTORY is or will be."""
    place = existing(directory)
    free = shutil.disk_usage(place).free // 2**30
    found = f"{free} GiB free in {place}, {needed} GiB needed"
    if not os.access(place, os.W_OK):
        return bad(DISK, f"{place} may not be written to", f'sudo chown "$USER" {place}', ALL)
    if free >= needed:
        return good(DISK, found)
    return bad(DISK, found, "dslab prune  # and: docker system df", ALL)


def existing(directory: Path) -> Path:
    """DIRECTORY, or the nearest one above it that is there."""
    return next(place for place in (directory, *directory.parents) if place.exists())

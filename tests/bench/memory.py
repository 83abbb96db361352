"""The memory that the cloud takes: each page counted once, shared ones in parts (PSS)."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from lab.containers import Container

PROC = Path("/proc")
OUTSIDE = "NFS clients"
OWN_CGROUP = re.compile(r"[:/]dietstack$", re.MULTILINE)
PSS = re.compile(r"^Pss:\s+(\d+) kB$", re.MULTILINE)


def memory_of(containers: Iterable[Container], proc: Path = PROC) -> Counter[str]:
    """MB of PSS (10^6 bytes) by name of container; servers (QEMU) are not counted.

    What left its container to outlive it, the NFS clients, is counted as OUTSIDE.
    """
    names = {container.id: container.name for container in containers}
    used: Counter[str] = Counter()
    for process in proc.glob("[0-9]*"):
        try:
            owner = owner_of(process, names)
            if owner and not is_server(process):
                used[owner] += pss(process)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while it was looked at
    return Counter({name: round(kilobytes * 1024 / 1e6) for name, kilobytes in used.items()})


def owner_of(process: Path, names: dict[str, str]) -> str | None:
    """The container in whose cgroup PROCESS is, or OUTSIDE; None for a process that is not ours."""
    cgroups = (process / "cgroup").read_text()
    for container_id, name in names.items():
        if container_id in cgroups:
            return name
    return OUTSIDE if OWN_CGROUP.search(cgroups) else None


def is_server(process: Path) -> bool:
    """Whether PROCESS is the QEMU of a server."""
    return (process / "comm").read_text().startswith("qemu-system")


def pss(process: Path) -> int:
    """The kB of PROCESS; 0 for one that has no memory of its own any more."""
    found = PSS.search((process / "smaps_rollup").read_text())
    return int(found[1]) if found else 0

"""The memory that the machines of a lab take on this host: the PSS of all processes that they consist of."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from lab.containers import docker
from lab.errors import LabError, Layer
from lab.labs import full_name
from tests.bench.memory import PROC, pss

PARENT = re.compile(r"^PPid:\s+(\d+)$", re.MULTILINE)
LIBVIRT = Path("/run/libvirt/qemu")


def memory_of_machines(lab: str, machines: Iterable[str], provider: str) -> float:
    """MB (10^6 bytes) of the MACHINES of LAB on PROVIDER."""
    return memory_below([first_process(full_name(lab, machine), provider) for machine in machines])


def first_process(name: str, provider: str) -> int:
    """The process from which all others of the machine NAME descend: systemd of a container, or QEMU."""
    if provider == "docker":
        pid = int(docker("container", "inspect", "--format", "{{.State.Pid}}", name))
    else:
        pid = int((LIBVIRT / f"{name}.pid").read_text())
    if not pid:
        raise LabError(Layer.MACHINE, f"{name} does not run")
    return pid


def memory_below(roots: Iterable[int], proc: Path = PROC) -> float:
    """MB of the processes ROOTS and of all that descend from them."""
    children = defaultdict(list)
    for pid, parent in parents(proc):
        children[parent].append(pid)
    kilobytes, left = 0, list(roots)
    while left:
        pid = left.pop()
        left += children[pid]
        try:
            kilobytes += pss(proc / str(pid))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended while the others were looked at
    return kilobytes * 1024 / 1e6


def parents(proc: Path) -> Iterator[tuple[int, int]]:
    """All processes, each with its parent."""
    for process in proc.glob("[0-9]*"):
        try:
            found = PARENT.search((process / "status").read_text())
        except (FileNotFoundError, ProcessLookupError):
            continue
        if found:
            yield int(process.name), int(found[1])

"""The machine that was measured: without it no number means anything."""

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path


def describe_machine(checkout: Path, virtual: str) -> str:
    """One sentence: date, processor, memory, system, what is VIRTUAL on it, and the commit of CHECKOUT."""
    date = datetime.now(UTC).strftime("%Y-%m-%d")
    return (
        f"{date}: {os.cpu_count()} cores ({processor(Path('/proc/cpuinfo').read_text())}), "
        f"{memory_in_gib(Path('/proc/meminfo').read_text())} GiB of memory, "
        f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}, "
        f"{virtual}, commit {commit(checkout)}."
    )


def processor(cpuinfo: str) -> str:
    """The model that /proc/cpuinfo names first."""
    found = re.search(r"^model name\s*: (.*)$", cpuinfo, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def memory_in_gib(meminfo: str) -> int:
    """The memory of the machine, rounded to whole GiB; from /proc/meminfo."""
    found = re.search(r"^MemTotal:\s+(\d+) kB$", meminfo, re.MULTILINE)
    if found is None:
        raise ValueError("no line MemTotal in /proc/meminfo")
    return round(int(found[1]) / 2**20)


def hypervisor(state: Path) -> str:
    """KVM, or QEMU's emulation: what runds.sh found out."""
    names = {"kvm": "KVM", "qemu": "emulation"}
    return names[(state / "run/virt-type").read_text().strip()]


def commit(checkout: Path) -> str:
    """The commit that is checked out, with `-dirty` if files differ from it."""
    command = ["git", "-C", str(checkout), "describe", "--always", "--dirty", "--exclude", "*"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

"""libvirt: there, new enough, answering, and able to start a machine, which host or settings may forbid."""

import shlex
import stat
import tempfile
from pathlib import Path
from xml.sax.saxutils import escape

from lab.doctor.command import NOT_FOUND, ask
from lab.doctor.finding import Finding, bad, good, join
from lab.doctor.version import judge
from lab.provider.virsh import VIRSH

LIBVIRT, BOX = "libvirt", "box"
LIBVIRT_ONLY = frozenset({"libvirt"})
INSTALL = "sudo ./install_requirements.sh --lab"
SYSTEMD = Path("/run/systemd/system")
SECONDS_TO_START = 15

# Emulated, with the kernel that machines boot, if there is one; it is never run.
MACHINE = """
<domain type='qemu'>
  <name>dietstack-doctor</name>
  <memory unit='MiB'>{memory}</memory>
  <os><type arch='x86_64'>hvm</type>{kernel}</os>
</domain>
"""
KERNEL = "<kernel>{0}/vmlinuz</kernel><initrd>{0}/initrd</initrd>"
OF_ANOTHER_DOCTOR = "'dietstack-doctor' already exists"


def check_libvirt(boots: Path, systemd: Path = SYSTEMD) -> Finding:
    """The version of the libvirt that answers on this host, and whether a machine starts in it.

    What a machine BOOTS is in that directory once it is built, and QEMU, another user, has to get there.
    """
    answer = ask(*VIRSH, "version", "--daemon")
    if answer.status == NOT_FOUND:
        return bad(LIBVIRT, answer.text, INSTALL, LIBVIRT_ONLY)
    if not answer.ok:
        mend = join("libvirt") if answer.denied else INSTALL
        return bad(LIBVIRT, f"it does not answer: {answer.last_line}", mend, LIBVIRT_ONLY)
    version = judge(LIBVIRT, answer.last_line, INSTALL, LIBVIRT_ONLY)
    return try_to_start(version, boots, systemd) if version.ok else version


def try_to_start(version: Finding, boots: Path, systemd: Path) -> Finding:
    """Start a machine that ends with the command which started it; VERSION is what was found before."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "machine.xml"
        file.write_text(machine(boots))
        answer = ask(*VIRSH, "create", "--paused", "--autodestroy", str(file), within=SECONDS_TO_START)
    if answer.ok or OF_ANOTHER_DOCTOR in answer.text:
        return good(LIBVIRT, f"{version.found}, and a machine starts in it")
    # With systemd nothing is known to lack; it may not have seen yet that QEMU was installed.
    mend = "sudo systemctl restart libvirtd" if systemd.exists() else INSTALL
    if answer.denied and (closed := closed_above(boots)):
        mend = f"sudo chmod o+x {shlex.join(closed)}  # or have the checkout elsewhere"
    return bad(LIBVIRT, f"{version.found}, but no machine starts: {answer.last_line}", mend, LIBVIRT_ONLY)


def machine(boots: Path) -> str:
    """The smallest machine that there can be; with the kernel that is in the directory BOOTS, if one is."""
    if (boots / "vmlinuz").exists():
        return MACHINE.format(memory=256, kernel=KERNEL.format(escape(str(boots))))
    return MACHINE.format(memory=4, kernel="")


def closed_above(directory: Path) -> list[str]:
    """DIRECTORY and those above it that let only their owner and their group through."""
    ways = (directory, *directory.parents)
    return [str(way) for way in ways if way.exists() and not way.stat().st_mode & stat.S_IXOTH]


def check_box(box: Path) -> Finding:
    """Whether the BOX of virtual machines is built."""
    if box.is_file():
        return good(BOX, f"{box.stat().st_size // 2**20} MiB")
    return bad(BOX, "it is not built", "make box", LIBVIRT_ONLY)

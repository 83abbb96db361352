"""KVM: whether a guest really runs on it, because /dev/kvm may exist and not work."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lab.doctor.command import NOT_FOUND, ask
from lab.doctor.finding import Finding, bad, good, join
from lab.doctor.sector import SAYS, boot_sector

CHECK, NESTING = "KVM", "nested virtualisation"
DEVICE = Path("/dev/kvm")
MODULES = Path("/sys/module")
GUEST_KERNEL, GUEST_INITRD = "dietguest.vmlinuz", "dietguest.initrd"
GUEST_SAYS = "dietguest probe"

# The processor that Nova gives its servers: software-nested hosts run a boot sector on QEMU's default
# one and then stumble over a real kernel.
QEMU = (
    *("qemu-system-x86_64", "-accel", "kvm", "-cpu", "host", "-m", "192", "-nodefaults", "-no-reboot"),
    *("-display", "none", "-serial", "stdio", "-device", "isa-debug-exit,iobase=0xf4,iosize=1"),
)


def check_kvm(build: Path, device: Path = DEVICE, qemu: Sequence[str] = QEMU) -> Finding:
    """Boot the guest in the directory BUILD with KVM, or a boot sector where none has been built."""
    if not device.exists():
        return bad(
            CHECK,
            f"no {device}: guests are emulated, about ten times slower",
            "modprobe -a kvm_intel kvm_amd",
        )
    if not os.access(device, os.R_OK | os.W_OK):
        return bad(CHECK, f"{device} may not be opened by this user", join("kvm"))
    with tempfile.TemporaryDirectory() as scratch:
        guest, says = guest_to_boot(build, Path(scratch))
        answer = ask(*qemu, *guest)
    if answer.status == NOT_FOUND:
        return bad(CHECK, "not known: QEMU is not installed", "sudo ./install_requirements.sh --lab")
    if says not in answer.text:
        found = f"{device} exists, but a guest does not run on it: {answer.last_line}"
        return bad(CHECK, found, "dslab up --provider docker  # system containers need no KVM")
    return good(CHECK, "a guest ran on it")


def guest_to_boot(build: Path, scratch: Path) -> tuple[list[str], str]:
    """QEMU's options for the best guest that there is, and what it says when it runs."""
    kernel, initrd = build / GUEST_KERNEL, build / GUEST_INITRD
    if kernel.exists() and initrd.exists():
        append = "console=ttyS0 quiet panic=-1 dietguest.probe"
        return ["-kernel", str(kernel), "-initrd", str(initrd), "-append", append], GUEST_SAYS
    disk = scratch / "disk"
    disk.write_bytes(boot_sector())
    return ["-drive", f"file={disk},format=raw,if=ide"], SAYS


def check_nesting(modules: Path = MODULES) -> Finding:
    """Whether guests on KVM have KVM themselves, so that a lab's servers run at full speed."""
    for vendor in ("kvm_intel", "kvm_amd"):
        parameter = modules / vendor / "parameters/nested"
        if parameter.exists():
            if parameter.read_text().strip() in {"1", "Y"}:
                return good(NESTING, f"{vendor} nests")
            mend = f"sudo sh -c 'modprobe -r {vendor} && modprobe {vendor} nested=1'"
            return bad(NESTING, f"{vendor} does not nest: servers in KVM machines are emulated", mend)
    return bad(
        NESTING,
        "neither kvm_intel nor kvm_amd is loaded: servers are emulated",
        "dslab up --provider docker  # servers are one level deep there",
    )

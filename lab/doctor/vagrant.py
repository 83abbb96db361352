"""Vagrant, its libvirt plugin and libvirt: there, new enough, and answering."""

import re
from pathlib import Path

from lab.doctor.command import NOT_FOUND, ask
from lab.doctor.finding import ALL, Finding, bad, good

VAGRANT, PLUGIN, LIBVIRT, BOX = "Vagrant", "vagrant-libvirt", "libvirt", "box"
LIBVIRT_ONLY = frozenset({"libvirt"})

# Debian 12's; nothing older has been tried.
OLDEST = {VAGRANT: (2, 3, 4), PLUGIN: (0, 11, 2), LIBVIRT: (9, 0, 0)}
VERSION = re.compile(r"\d+(?:\.\d+)+")


def check_vagrant() -> Finding:
    """The version of Vagrant."""
    mend = "sudo ./install_requirements.sh --lab"
    answer = ask("vagrant", "--version")
    if not answer.ok:
        return bad(VAGRANT, answer.last_line, mend, ALL)
    return judge(VAGRANT, answer.text, mend, ALL)


def check_plugin() -> Finding:
    """The version of vagrant-libvirt."""
    mend = "sudo ./install_requirements.sh --lab"
    answer = ask("vagrant", "plugin", "list")
    line = next((line for line in answer.text.splitlines() if line.startswith("vagrant-libvirt")), "")
    if not line:
        return bad(PLUGIN, "it is not installed", mend, LIBVIRT_ONLY)
    return judge(PLUGIN, line, mend, LIBVIRT_ONLY)


def check_libvirt() -> Finding:
    """The version of the libvirt that answers on this host."""
    mend = "sudo ./install_requirements.sh --lab"
    answer = ask("virsh", "--connect", "qemu:///system", "version", "--daemon")
    if answer.status == NOT_FOUND:
        return bad(LIBVIRT, answer.text, mend, LIBVIRT_ONLY)
    if not answer.ok:
        return bad(
            LIBVIRT, f"it does not answer: {answer.last_line}", "sudo systemctl start libvirtd", LIBVIRT_ONLY
        )
    return judge(LIBVIRT, answer.last_line, mend, LIBVIRT_ONLY)


def check_box(box: Path) -> Finding:
    """Whether the BOX of virtual machines is built."""
    if box.is_file():
        return good(BOX, f"{box.stat().st_size // 2**20} MiB")
    return bad(BOX, "it is not built", "make box", LIBVIRT_ONLY)


def judge(program: str, text: str, mend: str, blocks: frozenset[str]) -> Finding:
    """What to say of PROGRAM, which told its version in TEXT."""
    found = VERSION.search(text)
    version = found.group() if found else ""
    oldest = ".".join(map(str, OLDEST[program]))
    if not version:
        return bad(program, f"its version is not in {text!r}", mend, blocks)
    if numbers(version) < OLDEST[program]:
        return bad(program, f"version {version}, older than {oldest}", mend, blocks)
    return good(program, f"version {version}")


def numbers(version: str) -> tuple[int, ...]:
    """VERSION in a form that compares."""
    return tuple(map(int, version.split(".")))

"""Versions of programs: Debian 12's are the oldest; nothing older has been tried."""

import re

from lab.doctor.finding import Finding, bad, good

OLDEST = {"Vagrant": (2, 3, 4), "vagrant-libvirt": (0, 11, 2), "libvirt": (9, 0, 0)}
VERSION = re.compile(r"\d+(?:\.\d+)+")


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

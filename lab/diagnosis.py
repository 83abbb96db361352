"""Why a server does not answer, read from what its guest wrote to the console."""

import re
from dataclasses import dataclass

from lab.errors import Layer

READY = re.compile(r"^dietguest ready: (?P<hostname>\S+) ?(?P<addresses>.*)$", re.MULTILINE)
COMPLAINT = re.compile(r"^dietguest (?:failed|warning): .*\S", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """The layer that most likely failed, and what shows it."""

    layer: Layer
    reason: str


def diagnose(console: str) -> Finding:
    """What the last boot in CONSOLE says about a guest that cannot be reached from outside."""
    boot = last_boot(console)
    ready = READY.search(boot)
    if not boot.strip():
        return Finding(Layer.GUEST, "its console is empty, it never started to boot")
    if "dietguest failed:" in boot:
        return Finding(Layer.IMAGE, line_with("dietguest failed:", boot))
    if "no network interface" in boot:
        return Finding(Layer.NETWORK, "the guest found no network interface")
    if ready and not ready["addresses"].strip():
        return Finding(Layer.DHCP, "the guest got no address")
    if "fewer than" in boot:
        return Finding(Layer.DHCP, line_with("fewer than", boot))
    if "neither config drive nor metadata" in boot:
        return Finding(Layer.METADATA, "the guest has an address but the metadata service did not answer")
    if ready:
        return Finding(
            Layer.NETWORK,
            f"the guest is ready with {ready['addresses'].strip()}, but nothing gets through to it",
        )
    return Finding(Layer.GUEST, "it is still booting, last line: " + boot.strip().splitlines()[-1])


def complaints(console: str) -> list[str]:
    """What the guest itself finds wrong in the last boot in CONSOLE."""
    return COMPLAINT.findall(last_boot(console))


def last_boot(console: str) -> str:
    """The part of CONSOLE since the kernel last started."""
    return console[max(console.rfind("Linux version"), 0) :]


def line_with(words: str, text: str) -> str:
    """The first line of TEXT in which WORDS stand."""
    return next(line for line in text.splitlines() if words in line).strip()

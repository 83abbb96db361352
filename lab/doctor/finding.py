"""What the doctor says of one thing that a lab needs."""

from dataclasses import asdict, dataclass, field
from typing import Any

PROVIDERS = ("libvirt", "docker")
HERE = "here"  # the provider of a lab that is this very machine
ALL = frozenset(PROVIDERS)
NONE: frozenset[str] = frozenset()


def join(group: str) -> str:
    """The command that lets this user into GROUP, whose members alone are let in where one was denied."""
    return f'sudo usermod -aG {group} "$USER"  # then log in anew'


@dataclass(frozen=True)
class Finding:
    """CHECK and what it FOUND; where that is not OK, the one command that mends it.

    BLOCKS are the providers whose labs cannot work as long as it is so: none of them where labs merely work
    otherwise or slower than they could.
    """

    check: str
    ok: bool
    found: str
    mend: str = ""
    blocks: frozenset[str] = field(default=NONE)

    def as_json(self) -> dict[str, Any]:
        """What a program reads."""
        return asdict(self) | {"blocks": sorted(self.blocks)}


def good(check: str, found: str) -> Finding:
    """A finding that all is well."""
    return Finding(check, True, found)


def bad(check: str, found: str, mend: str, blocks: frozenset[str] = NONE) -> Finding:
    """A finding that something is not as it should be."""
    return Finding(check, False, found, mend, blocks)

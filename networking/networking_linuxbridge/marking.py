"""DSCP marks: packets of servers get them as they leave the tap, in nftables' bridge family.

One table holds all of it (`nft list table bridge linuxbridge_qos`): a map from taps to chains that mark. It
is there as long as any port has a mark, and is written as a whole: no packet meets half of it.
"""

import json
import subprocess
from typing import Any

from oslo_log import log

from networking_linuxbridge import links

LOG = log.getLogger(__name__)

TABLE = "bridge linuxbridge_qos"
_BEFORE_BRIDGING = -350  # also before anything filters, so that what it logs is what leaves


class Marks:
    """The marks of this host's ports, by tap; what an agent before this one left is taken over."""

    def __init__(self) -> None:
        found = _read()
        self._marks = {tap: mark for tap, mark in found.items() if links.exists(tap)}
        if self._marks != found:
            self._write()

    def mark(self, tap: str, dscp: int) -> None:
        """Have the IPv4 and IPv6 packets of a server marked."""
        if self._marks.get(tap) != dscp:
            self._marks[tap] = dscp
            self._write()

    def unmark(self, tap: str) -> None:
        """Leave the packets of a server as they are."""
        if self._marks.pop(tap, None) is not None:
            self._write()

    def _write(self) -> None:
        _nft("-f", "-", script=render(self._marks))


def render(marks: dict[str, int]) -> str:
    """Return what makes the table that of MARKS, in one step."""
    lines = [f"table {TABLE}", f"delete table {TABLE}"]
    if marks:
        chains = [
            f"    chain dscp{dscp} {{\n"
            f"        ether type ip ip dscp set {dscp}\n"
            f"        ether type ip6 ip6 dscp set {dscp}\n"
            "    }"
            for dscp in sorted(set(marks.values()))
        ]
        elements = ", ".join(f'"{tap}" : jump dscp{dscp}' for tap, dscp in sorted(marks.items()))
        lines += [
            f"table {TABLE} {{",
            *chains,
            f"    map marks {{ type ifname : verdict; elements = {{ {elements} }}; }}",
            "    chain from_servers {",
            f"        type filter hook prerouting priority {_BEFORE_BRIDGING}; policy accept;",
            "        iifname vmap @marks",
            "    }",
            "}",
        ]
    return "\n".join(lines) + "\n"


def _read() -> dict[str, int]:
    tables = _nft("-j", "list", "tables", "bridge")
    if not any(entry.get("table", {}).get("name") == TABLE.split()[1] for entry in _entries(tables)):
        return {}
    listed = _nft("-j", "list", "map", *TABLE.split(), "marks")
    elements = next(entry["map"] for entry in _entries(listed) if "map" in entry).get("elem", [])
    return {tap: int(verdict["jump"]["target"].removeprefix("dscp")) for tap, verdict in elements}


def _entries(printed: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(printed)["nftables"]
    return entries


def _nft(*arguments: str, script: str = "") -> str:
    done = subprocess.run(["nft", *arguments], input=script, capture_output=True, text=True, check=False)  # noqa: S603, S607
    if done.returncode:
        raise OSError(f"nft {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout

"""DSCP marks: packets of servers get them as they leave the tap, in nftables' bridge family.

One table holds all of it (`nft list table bridge linuxbridge_qos`): a map from taps to chains that mark. It
is there as long as any port has a mark, and is written as a whole: no packet meets half of it.
"""

from oslo_log import log

from networking_linuxbridge import links, nft

LOG = log.getLogger(__name__)

_FAMILY, _NAME = "bridge", "linuxbridge_qos"
TABLE = f"{_FAMILY} {_NAME}"
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

    def restore(self) -> None:
        """Put in force what somebody removed, or nftables refused."""
        if _read() != self._marks:
            self._write()

    def _write(self) -> None:
        nft.apply(render(self._marks))


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
            f"    map marks {{ typeof iifname : verdict; elements = {{ {elements} }}; }}",
            "    chain from_servers {",
            f"        type filter hook prerouting priority {_BEFORE_BRIDGING}; policy accept;",
            "        iifname vmap @marks",
            "    }",
            "}",
        ]
    return "\n".join(lines) + "\n"


def _read() -> dict[str, int]:
    elements = nft.elements_of("map", _FAMILY, _NAME, "marks") or []
    return {tap: int(verdict["jump"]["target"].removeprefix("dscp")) for tap, verdict in elements}

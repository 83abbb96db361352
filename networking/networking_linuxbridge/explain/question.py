"""What a host is asked about itself, over the message broker or on its own command line."""

import re
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from typing import Any

from networking_linuxbridge import names

_NAMESPACE = re.compile(r"q(router|dhcp)-[0-9a-f-]+")
_NETWORK = re.compile(r"[0-9a-f-]+")
_LARGEST_MTU = 65_000


class RefusedError(Exception):
    """What was asked for cannot be done: one line with what was given and what to give instead."""


@dataclass
class Question:
    """The devices, tables and namespaces to look at; RefusedError if one of them cannot be meant.

    TAPS: devices of ports; VNIS: those of VXLAN devices; NETWORKS: whose DHCP server to look for;
    PEERS: other hosts' VXLAN addresses, and the MTU of the network that has to get there;
    NAMESPACES: those of routers and DHCP servers, and the addresses to ping from each.
    """

    taps: list[str] = field(default_factory=list)
    vnis: list[int] = field(default_factory=list)
    networks: list[str] = field(default_factory=list)
    peers: dict[str, int] = field(default_factory=dict)
    namespaces: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _refuse([tap for tap in self.taps if not names.is_tap(tap)], "the tap of a port")
        _refuse([vni for vni in self.vnis if not 0 < int(vni) < 1 << 24], "a VXLAN network identifier")
        _refuse([one for one in self.networks if not _NETWORK.fullmatch(one)], "the id of a network")
        _refuse([one for one in self.namespaces if not _NAMESPACE.fullmatch(one)], "qrouter-ID or qdhcp-ID")
        _refuse([mtu for mtu in self.peers.values() if not 0 < int(mtu) < _LARGEST_MTU], "an MTU")
        addresses = [*self.peers, *(one for some in self.namespaces.values() for one in some)]
        _refuse([address for address in addresses if not is_address(address)], "an IP address")

    def as_dict(self) -> dict[str, Any]:
        """Return it as the message broker carries it."""
        return asdict(self)


def is_address(word: str) -> bool:
    """Tell whether WORD is an IP address."""
    try:
        ip_address(word)
    except ValueError:
        return False
    return True


def _refuse(wrong: list[Any], meant: str) -> None:
    if wrong:
        raise RefusedError(f"{wrong[0]}: not {meant}")

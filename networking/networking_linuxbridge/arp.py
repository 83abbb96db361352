"""ARP: the addresses of other hosts' ports, which the bridge of a network answers for.

A bridge answers for an address that it has a neighbour entry for if it knows the MAC address to be behind its
VXLAN device, and keeps the question out of the VXLAN. Everything else goes to all hosts, as without: the
kernel's `proxy_arp_wifi`, unlike its `neigh_suppress` and VXLAN's `proxy`, lets pass gratuitous ARP and
questions for addresses that neutron does not know of: servers that share an address depend on both.
"""

import errno
from collections.abc import Iterable
from socket import AF_INET
from typing import NamedTuple

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import links

_PERMANENT = 0x80


class Neighbour(NamedTuple):
    """An IPv4 address and the MAC address that it is at."""

    ip: str
    mac: str


def read(device: str) -> set[Neighbour]:
    """Return the addresses that the bridge of a VXLAN device answers for."""
    bridge = _bridge(device)
    if not bridge:
        return set()
    # With strict checks the kernel itself leaves out what other devices have.
    with IPRoute(strict_check=True) as kernel:
        return {
            Neighbour(entry.get_attr("NDA_DST"), entry.get_attr("NDA_LLADDR"))
            for entry in kernel.get_neighbours(family=AF_INET, ifindex=bridge)
            if entry["state"] & _PERMANENT
        }


def add(device: str, neighbours: Iterable[Neighbour]) -> None:
    """Answer for these addresses. An address that moved to another MAC address leaves the one it had."""
    bridge = _bridge(device)
    if not bridge:
        return  # the device is a new one: once it is in its bridge, the server is asked for everything
    with IPRoute() as kernel:
        for ip, mac in neighbours:
            kernel.neigh("replace", ifindex=bridge, dst=ip, lladdr=mac, state=_PERMANENT)


def remove(device: str, neighbours: Iterable[Neighbour]) -> None:
    """Answer for none of these addresses. An address that moved to another MAC address stays."""
    gone = read(device) & set(neighbours)
    bridge = _bridge(device)
    with IPRoute() as kernel:
        for ip, mac in gone:
            try:
                kernel.neigh("del", ifindex=bridge, dst=ip, lladdr=mac)
            except NetlinkError as error:
                if error.code != errno.ENOENT:
                    raise


def replace(device: str, neighbours: set[Neighbour]) -> None:
    """Answer for these addresses and no others."""
    add(device, neighbours - read(device))
    remove(device, read(device) - neighbours)


def _bridge(device: str) -> int:
    return links.index(links.bridge_of(device) or "")

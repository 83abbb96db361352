"""The forwarding tables of VXLAN devices: behind which host every MAC address is.

Two kinds of entries: one for each MAC address of another host's port, and one for each other host with the
address zero; to the latter goes whatever is meant for everybody or for a MAC address that has no entry. The
bridge is told as well that the MAC addresses are behind the device.
"""

import errno
from collections.abc import Iterable
from typing import NamedTuple

from neutron_lib import constants
from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import links

_NTF_SELF = 0x02
_NTF_MASTER = 0x04
_NTF_EXT_LEARNED = 0x10
_NUD_REACHABLE = 0x02
EVERYBODY: str = constants.FLOODING_ENTRY[0]
# Ports of a router that is on several hosts have no entries: what they send tells which of them is at work.
NOT_ANNOUNCED = (constants.DEVICE_OWNER_HA_REPLICATED_INT, constants.DEVICE_OWNER_ROUTER_SNAT)


class Entry(NamedTuple):
    """A MAC address and the address of the host to send its frames to."""

    mac: str
    host_ip: str


def read(device: str) -> set[Entry]:
    """Return the entries of a VXLAN device."""
    # With strict checks the kernel itself leaves out what other devices have.
    with IPRoute(strict_check=True) as kernel:
        return {
            Entry(entry.get_attr("NDA_LLADDR"), entry.get_attr("NDA_DST"))
            for entry in kernel.fdb("dump", ifindex=links.index(device))
            if entry.get_attr("NDA_DST")
        }


def add(device: str, entries: Iterable[Entry]) -> None:
    """Have these entries. A MAC address that moved leaves the host it was behind."""
    with IPRoute() as kernel:
        for entry in entries:
            command = "append" if entry.mac == EVERYBODY else "replace"
            kernel.fdb(command, **_entry(device, entry))
            if entry.mac != EVERYBODY and links.bridge_of(device):
                # It does not age like one that was learned, but yields to a server that moves here.
                kernel.fdb("replace", **_in_bridge(device, entry))


def remove(device: str, entries: Iterable[Entry]) -> None:
    """Have none of these entries."""
    gone = read(device) & set(entries)
    with IPRoute() as kernel:
        for entry in gone:
            if entry.mac != EVERYBODY and links.bridge_of(device):
                _delete(kernel, _in_bridge(device, entry))
            _delete(kernel, _entry(device, entry))


def replace(device: str, entries: set[Entry]) -> None:
    """Have these entries and no others."""
    add(device, entries)
    remove(device, read(device) - entries)


def _delete(kernel: IPRoute, entry: dict[str, object]) -> None:
    try:
        kernel.fdb("del", **entry)
    except NetlinkError as error:
        if error.code != errno.ENOENT:
            raise


def _entry(device: str, entry: Entry) -> dict[str, object]:
    return {
        "ifindex": links.index(device),
        "lladdr": entry.mac,
        "dst": entry.host_ip,
        "flags": _NTF_SELF,
    }


def _in_bridge(device: str, entry: Entry) -> dict[str, object]:
    return {
        "ifindex": links.index(device),
        "lladdr": entry.mac,
        "flags": _NTF_MASTER | _NTF_EXT_LEARNED,
        "state": _NUD_REACHABLE,
    }

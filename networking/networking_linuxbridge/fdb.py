"""The forwarding tables of VXLAN devices: behind which host every MAC address is.

Two kinds of entries: one for each MAC address of another host's port, and one for each other host with the
address zero; to the latter goes whatever is meant for everybody or for a MAC address that has no entry.
"""

import errno
from collections.abc import Iterable
from typing import NamedTuple

from neutron_lib import constants
from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import links

_NTF_SELF = 0x02
EVERYBODY: str = constants.FLOODING_ENTRY[0]


class Entry(NamedTuple):
    """A MAC address and the address of the host to send its frames to."""

    mac: str
    host_ip: str


def read(device: str) -> set[Entry]:
    """Return the entries of a VXLAN device."""
    with IPRoute() as kernel:
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


def remove(device: str, entries: Iterable[Entry]) -> None:
    """Have none of these entries."""
    with IPRoute() as kernel:
        for entry in entries:
            try:
                kernel.fdb("del", **_entry(device, entry))
            except NetlinkError as error:
                if error.code != errno.ENOENT:
                    raise


def replace(device: str, entries: set[Entry]) -> None:
    """Have these entries and no others."""
    present = read(device)
    add(device, entries - present)
    remove(device, read(device) - entries)


def _entry(device: str, entry: Entry) -> dict[str, object]:
    return {
        "ifindex": links.index(device),
        "lladdr": entry.mac,
        "dst": entry.host_ip,
        "flags": _NTF_SELF,
    }

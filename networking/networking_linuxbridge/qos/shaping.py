"""Bandwidth limits: what a server gets is queued at its tap, what it sends at a device beside the tap.

The kernel queues only what leaves a device. What a server sends comes in by its tap, so it is led through a
device that does nothing else (`ifb`), leaves that at the limit, and goes on as if it had just come in.

    server <--- tap: queue        what it gets
    server ---> tap ---> ifb: queue ---> back to the tap ---> bridge
"""

import errno

from pyroute2 import IPRoute, protocols
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import links, names

_ROOT = 0xFFFFFFFF
_INGRESS = 0xFFFF0000
_OURS = 0x71050000  # the queue's handle, by which it is told from one that others put there
_EVERY_PACKET = ["0x0/0x0+0"]
_NOTHING_THERE = (errno.ENOENT, errno.EINVAL, errno.ENODEV)

_DEFAULT_BURST = 0.8  # seconds of the limit, as neutron documents it for rules that name no burst
_LARGEST_FRAME = 9216  # what never fits into the burst would never pass
_LONGEST_BURST = 200  # seconds; the kernel counts the burst's time in 32 bits
_SECONDS_QUEUED = 0.05
_SHORTEST_QUEUE = 2 * 65536  # two packets of TCP as they are before they are cut to the MTU
_FASTEST = 2**32 - 1  # bytes a second; more is no limit in practice


def limit_received(tap: str, kbps: int, burst_kbits: int) -> None:
    """Have a server get no more than KBPS (kilobits a second); a BURST of 0 is neutron's default."""
    _queue(tap, kbps, burst_kbits)


def limit_sent(tap: str, kbps: int, burst_kbits: int) -> None:
    """Have a server send no more than KBPS (kilobits a second); a BURST of 0 is neutron's default."""
    beside = names.ifb(tap)
    links.add_ifb(beside)
    _queue(beside, kbps, burst_kbits)
    _delete(tap, kind="ingress")
    detour = {"kind": "mirred", "direction": "egress", "action": "redirect", "ifindex": links.index(beside)}
    with IPRoute() as kernel:
        kernel.tc("add", "ingress", links.index(tap))
        kernel.tc(
            "add-filter",
            "u32",
            links.index(tap),
            parent=_INGRESS,
            prio=1,
            protocol=protocols.ETH_P_ALL,
            target=_INGRESS | 1,
            keys=_EVERY_PACKET,
            action=detour,
        )


def unlimit_received(tap: str) -> None:
    """Let a server get whatever comes."""
    _delete(tap, handle=_OURS, parent=_ROOT)


def unlimit_sent(tap: str) -> None:
    """Let a server send whatever it can."""
    beside = names.ifb(tap)
    if links.exists(beside):
        _delete(tap, kind="ingress")  # first: what is led to a device that is gone is lost
        links.delete(beside)


def remove_stale() -> None:
    """Remove the devices beside taps that are gone."""
    for device in filter(names.is_ifb, links.names()):
        if not links.exists(names.tap_of_ifb(device)):
            links.delete(device)


def _queue(device: str, kbps: int, burst_kbits: int) -> None:
    rate = min(max(kbps, 1) * 1000 // 8, _FASTEST)
    burst = burst_kbits * 1000 // 8 or int(rate * _DEFAULT_BURST)
    burst = min(max(burst, _LARGEST_FRAME, rate // 100), rate * _LONGEST_BURST)
    limit = min(max(int(rate * _SECONDS_QUEUED), _SHORTEST_QUEUE), _FASTEST)
    with IPRoute() as kernel:
        kernel.tc(
            "replace", "tbf", links.index(device), _OURS, parent=_ROOT, rate=rate, burst=burst, limit=limit
        )


def _delete(device: str, **which: int | str) -> None:
    try:
        with IPRoute() as kernel:
            kernel.tc("del", index=links.index(device), **which)
    except NetlinkError as error:
        if error.code not in _NOTHING_THERE:
            raise

"""Network devices: what sysfs tells of them, and what netlink is asked to do with them.

Every function names the state that shall be, and does nothing where it already is.
"""

import errno
import socket
from pathlib import Path
from typing import Any

import netaddr
from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

_SYSFS = Path("/sys/class/net")
_IPV4 = Path("/proc/sys/net/ipv4/conf")
_IPV6 = Path("/proc/sys/net/ipv6/conf")
_IFF_UP = 0x1
_SCOPE_LINK = 253
_ADDRESS_SET = "3"
_IGNORE_ARP = "8"
# All of 01:80:c2:00:00:0x but pause frames, which no bridge lets through.
_LINK_LOCAL = 0xFFFF & ~(1 << 1)


def names() -> list[str]:
    """Return the names of all devices."""
    return [entry.name for entry in _SYSFS.iterdir()]


def exists(name: str) -> bool:
    """Tell whether there is a device of that name."""
    return (_SYSFS / name).exists()


def index(name: str) -> int:
    """Return the kernel's index of a device, which no two devices ever share; 0 if it is not there."""
    try:
        return int((_SYSFS / name / "ifindex").read_text())
    except OSError:
        return 0


def is_bridge(name: str) -> bool:
    """Tell whether a device is a bridge."""
    return (_SYSFS / name / "bridge").exists()


def vlan_of(name: str) -> tuple[str, int] | None:
    """Return what a VLAN device is on, and its VLAN number; None for any other device."""
    if not exists(name):
        return None
    with IPRoute() as kernel:
        (link,) = kernel.link("get", index=_index(name))
    described = link.get_attr("IFLA_LINKINFO")
    if described is None or described.get_attr("IFLA_INFO_KIND") != "vlan":
        return None
    number = described.get_attr("IFLA_INFO_DATA").get_attr("IFLA_VLAN_ID")
    try:
        return socket.if_indextoname(link.get_attr("IFLA_LINK")), int(number)
    except OSError:  # on a device of another network namespace
        return None


def bridge_of(name: str) -> str | None:
    """Return the bridge that a device is a port of."""
    try:
        return (_SYSFS / name / "brport/bridge").readlink().name
    except OSError:
        return None


def ports_of(bridge: str) -> list[str]:
    """Return the names of a bridge's ports; none if it is not there."""
    try:
        return [entry.name for entry in (_SYSFS / bridge / "brif").iterdir()]
    except OSError:
        return []


def has_addresses(name: str) -> bool:
    """Tell whether the host has addresses on a device, its link-local ones apart."""
    with IPRoute() as kernel:
        return any(address["scope"] != _SCOPE_LINK for address in kernel.get_addr(index=_index(name)))


def device_of(address: str) -> str | None:
    """Return the name of the device that the host has an address on, which is written as the kernel does."""
    with IPRoute() as kernel:
        for found in kernel.get_addr():
            # On a device with one peer, IFA_ADDRESS is the peer's.
            if address == (found.get_attr("IFA_LOCAL") or found.get_attr("IFA_ADDRESS")):
                return socket.if_indextoname(found["index"])
    return None


def mtu_of(name: str) -> int:
    """Return the MTU of a device, in bytes."""
    return int((_SYSFS / name / "mtu").read_text())


def add_bridge(name: str, mtu: int) -> None:
    """Have a bridge that forwards at once, and is out of the host's own reach."""
    if not exists(name):
        _add(name, kind="bridge", br_forward_delay=0, br_stp_state=0, br_mcast_snooping=0)
    _keep_address(name)
    disable_ipv6(name)
    ignore_arp(name)
    set_mtu(name, mtu)
    set_state(name, up=True)


def filter_bridged_frames(bridge: str) -> None:
    """Send what a bridge forwards through iptables, whatever the host's net.bridge sysctls say."""
    switches = [_SYSFS / bridge / "bridge" / f"nf_call_{table}" for table in ("iptables", "ip6tables")]
    if any(switch.read_text().strip() != "1" for switch in switches):
        _set(bridge, kind="bridge", br_nf_call_iptables=1, br_nf_call_ip6tables=1)


def add_vxlan(name: str, vni: int, local_ip: str, port: int, mtu: int) -> bool:
    """Have a VXLAN device that sends only where its forwarding table says.

    It learns nothing by itself: who could spoof a packet on the underlay could otherwise redirect
    servers' traffic, and entries made by hand would block servers that moved.
    Returns True if the device is a new one, whose forwarding table is empty.
    """
    local = "vxlan_local6" if netaddr.IPAddress(local_ip).version == 6 else "vxlan_local"
    wanted = {"vxlan_id": vni, local: local_ip, "vxlan_port": port}
    present = exists(name) and _vxlan_matches(name, wanted)
    if not present:
        delete(name)
        _add(name, kind="vxlan", vxlan_learning=False, mtu=mtu, **wanted)
        disable_ipv6(name)
    set_mtu(name, mtu)
    set_state(name, up=True)
    return not present


def is_own_vxlan(name: str) -> bool:
    """Tell whether a VXLAN device named as ours is one that `add_vxlan` made; other people's learn."""
    vni = int(name.partition("-")[2])
    return exists(name) and _vxlan_matches(name, {"vxlan_id": vni, "vxlan_learning": 0})


def add_vlan(name: str, parent: str, vlan_id: int, mtu: int) -> None:
    """Have a VLAN device on a parent device, with the MTU of its network as far as the parent has it."""
    set_state(parent, up=True)
    if not exists(name):
        _add(name, kind="vlan", link=index(parent), vlan_id=vlan_id)
        disable_ipv6(name)
    set_mtu(name, min(mtu, mtu_of(parent)))
    set_state(name, up=True)


def add_ifb(name: str) -> None:
    """Have a device that gives back to another one what that one leads through it."""
    if not exists(name):
        _add(name, kind="ifb")
        disable_ipv6(name)
    set_state(name, up=True)


def attach(name: str, bridge: str) -> None:
    """Have a device as a port of a bridge."""
    if bridge_of(name) != bridge:
        _set(name, master=_index(bridge))


def bridge_link_local(name: str) -> None:
    """Treat link-local frames (LLDP and the like) from a bridge's port as all others.

    Else they would reach the host, and teach the bridge their sender's MAC address, past any filter.
    """
    if int((_SYSFS / name / "brport/group_fwd_mask").read_text(), 16) != _LINK_LOCAL:
        with IPRoute() as kernel:
            kernel.brport("set", index=_index(name), group_fwd_mask=_LINK_LOCAL)


def answer_arp(name: str) -> None:
    """Have the bridge of a port answer ARP for the neighbours that it knows to be behind the port."""
    with IPRoute() as kernel:
        kernel.brport("set", index=_index(name), proxyarp_wifi=1)


def set_mtu(name: str, mtu: int) -> None:
    """Have a device with an MTU in bytes."""
    if mtu_of(name) != mtu:
        _set(name, mtu=mtu)


def set_state(name: str, *, up: bool) -> None:
    """Have a device up or down."""
    flags = int((_SYSFS / name / "flags").read_text(), 16)
    if bool(flags & _IFF_UP) != up:
        _set(name, state="up" if up else "down")


def disable_ipv6(name: str) -> None:
    """Keep the host from taking part in IPv6 on a device that belongs to servers."""
    switch = _IPV6 / name / "disable_ipv6"
    if switch.exists() and switch.read_text().strip() != "1":
        switch.write_text("1")


def ignore_arp(name: str) -> None:
    """Answer no question for the host's own addresses on a device that belongs to servers."""
    switch = _IPV4 / name / "arp_ignore"
    if switch.read_text().strip() != _IGNORE_ARP:
        switch.write_text(_IGNORE_ARP)


def delete(name: str) -> None:
    """Have no device of that name."""
    try:
        with IPRoute() as kernel:
            for found in kernel.link_lookup(ifname=name):
                kernel.link("del", index=found)
    except NetlinkError as error:
        if error.code != errno.ENODEV:
            raise


def _add(name: str, **attributes: Any) -> None:
    with IPRoute() as kernel:
        kernel.link("add", ifname=name, **attributes)


def _set(name: str, **attributes: Any) -> None:
    with IPRoute() as kernel:
        kernel.link("set", index=_index(name), **attributes)


def _keep_address(name: str) -> None:
    """Have a bridge whose MAC address does not change with its ports: with it go the neighbours it knows."""
    if (_SYSFS / name / "addr_assign_type").read_text().strip() != _ADDRESS_SET:
        _set(name, address=(_SYSFS / name / "address").read_text().strip())


def _index(name: str) -> int:
    found = index(name)
    if not found:
        raise NetlinkError(errno.ENODEV, name)
    return found


def _vxlan_matches(name: str, wanted: dict[str, Any]) -> bool:
    with IPRoute() as kernel:
        (link,) = kernel.link("get", index=_index(name))
    data = link.get_nested("IFLA_LINKINFO", "IFLA_INFO_DATA")
    return data is not None and all(
        data.get_attr(f"IFLA_{attribute.upper()}") == value for attribute, value in wanted.items()
    )

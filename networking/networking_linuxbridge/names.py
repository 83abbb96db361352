"""What the agent calls its devices: anyone who looks with `ip` and `bridge` finds them by these names."""

import re

from neutron_lib.plugins.utils import get_interface_name

_BRIDGE = re.compile(r"brq[0-9a-f]{8}-[0-9a-f]{2}")
_TAP = re.compile(r"tap[0-9a-f]{8}-[0-9a-f]{2}")
_TAP_OF_SOMEBODY = re.compile(r"tap[\w.-]*", re.ASCII)
_IFB = re.compile(r"ifb[0-9a-f]{8}-[0-9a-f]{2}")
_VXLAN = re.compile(r"vxlan-[0-9]+")


def bridge(network_id: str) -> str:
    """Name the bridge of a network; neutron's iptables firewall relies on this very name."""
    return f"brq{network_id[:11]}"


def tap(port_id: str) -> str:
    """Name the device of a port, as Nova does."""
    return f"tap{port_id[:11]}"


def ifb(tap_name: str) -> str:
    """Name the device beside a tap, which what the server sends is led through if that is limited."""
    return f"ifb{tap_name.removeprefix('tap')}"


def tap_of_ifb(name: str) -> str:
    """Name the tap that such a device is beside."""
    return f"tap{name.removeprefix('ifb')}"


def vxlan(vni: int) -> str:
    """Name the VXLAN device of a network identifier."""
    return f"vxlan-{vni}"


def vlan(parent: str, vlan_id: int) -> str:
    """Name the VLAN device on a parent; a hash shortens what exceeds the kernel's 15 characters."""
    return str(get_interface_name(f"{parent}.{vlan_id}"))


def is_bridge(name: str) -> bool:
    """Tell whether a device's name is that of a network's bridge."""
    return _BRIDGE.fullmatch(name) is not None


def is_tap(name: str) -> bool:
    """Tell whether a device's name is that of a port; other people's tap0 is not."""
    return _TAP.fullmatch(name) is not None


def is_like_a_tap(name: str) -> bool:
    """Tell whether a device that is no port's has a name that starts as those of ports do."""
    return _TAP_OF_SOMEBODY.fullmatch(name) is not None and not is_tap(name)


def is_ifb(name: str) -> bool:
    """Tell whether a device's name is that of a device beside a tap; the kernel's own ifb0 is not."""
    return _IFB.fullmatch(name) is not None


def is_vxlan(name: str) -> bool:
    """Tell whether a device's name is that of a network's VXLAN device."""
    return _VXLAN.fullmatch(name) is not None

"""The bridges of the networks that have ports on this host, and what joins them to other hosts."""

from dataclasses import dataclass
from typing import NamedTuple

from neutron_lib import constants
from oslo_log import log

from networking_linuxbridge import links, names

LOG = log.getLogger(__name__)

# What VXLAN adds to a packet: its own header, UDP's, the outer IP's, and the inner Ethernet's.
_OVERHEAD_IPV4 = 50
_OVERHEAD_IPV6 = 70


@dataclass(frozen=True)
class Segment:
    """How neutron realises a network: its type and what belongs to that; MTU in bytes."""

    network_type: str
    physical_network: str | None
    segmentation_id: int | None
    mtu: int


class Wired(NamedTuple):
    """The bridge of a network, and the device that joins it to other hosts; a mapped bridge needs none.

    IS_NEW: that is a new VXLAN device, with an empty forwarding table.
    """

    bridge: str
    uplink: str | None = None
    is_new: bool = False


class CannotWireError(Exception):
    """A network cannot be had on this host; the message says why."""


@dataclass(frozen=True)
class Networks:
    """What the host offers: its VXLAN address and port, its bridges and interfaces by physical network.

    FILTERS: security groups do on this host, so what bridges forward has to pass iptables.
    """

    local_ip: str | None
    vxlan_port: int
    bridges: dict[str, str]
    interfaces: dict[str, str]
    filters: bool = True

    def wire(self, network_id: str, segment: Segment) -> Wired:
        """Have the bridge of a network, joined to the other hosts.

        Raises CannotWireError if this host cannot have the network, NetlinkError if the kernel refused it.
        """
        if segment.network_type == constants.TYPE_FLAT and segment.physical_network in self.bridges:
            return Wired(self._use_bridge(self.bridges[segment.physical_network], segment.mtu))
        bridge = names.bridge(network_id)
        links.add_bridge(bridge, segment.mtu)
        self._filter(bridge)
        return self._join(bridge, segment)

    def remove_unused(self) -> None:
        """Remove the bridges that no port is in. Nobody but the agent makes, fills or removes bridges.

        A VXLAN device outside of any bridge was made by an agent that was killed in that moment.
        """
        for device in filter(names.is_vxlan, links.names()):
            if links.bridge_of(device) is None and links.is_own_vxlan(device):
                links.delete(device)
        for bridge in filter(names.is_bridge, links.names()):
            ports = links.ports_of(bridge)
            if any(names.is_tap(port) for port in ports):
                continue
            LOG.info("Bridge %s has no port left on this host: removing it", bridge)
            for port in ports:
                if names.is_vxlan(port) or self._is_own_vlan(port):
                    links.delete(port)
            links.delete(bridge)

    def _use_bridge(self, bridge: str, mtu: int) -> str:
        if not links.is_bridge(bridge):
            raise CannotWireError(f"[linux_bridge] bridge_mappings: there is no bridge {bridge}")
        _warn_of_large_packets(bridge, mtu)
        self._filter(bridge)
        return bridge

    def _filter(self, bridge: str) -> None:
        if self.filters:
            links.filter_bridged_frames(bridge)

    def _join(self, bridge: str, segment: Segment) -> Wired:
        match segment.network_type:
            case constants.TYPE_VXLAN:
                return self._join_vxlan(bridge, segment)
            case constants.TYPE_VLAN:
                return self._join_vlan(bridge, segment)
            case constants.TYPE_FLAT:
                return self._join_interface(bridge, segment)
            case other:
                raise CannotWireError(f"networks of type {other} are none of the agent's")

    def _interface(self, segment: Segment) -> str:
        physical = segment.physical_network or ""
        interface = self.interfaces.get(physical) or self.bridges.get(physical)
        if interface is None:
            raise CannotWireError(f"physical network {physical} is not in the agent's mappings")
        if not links.exists(interface):
            raise CannotWireError(f"physical network {physical}: there is no interface {interface}")
        return interface

    def _join_vxlan(self, bridge: str, segment: Segment) -> Wired:
        if self.local_ip is None or segment.segmentation_id is None:
            raise CannotWireError("[vxlan] local_ip is not set")
        vni = segment.segmentation_id
        device = names.vxlan(vni)
        is_new = links.add_vxlan(device, vni, self.local_ip, self.vxlan_port, segment.mtu)
        is_new = links.bridge_of(device) != bridge or is_new  # a bridge that is new knows nothing either
        links.attach(device, bridge)
        links.answer_arp(device)
        underlay = links.device_of(self.local_ip) if is_new else None
        if underlay:
            overhead = _OVERHEAD_IPV6 if ":" in self.local_ip else _OVERHEAD_IPV4
            _warn_of_large_packets(underlay, segment.mtu + overhead)
        return Wired(bridge, device, is_new)

    def _join_vlan(self, bridge: str, segment: Segment) -> Wired:
        parent = self._interface(segment)
        if segment.segmentation_id is None:
            raise CannotWireError(f"a VLAN network on {parent} without a VLAN number")
        device = names.vlan(parent, segment.segmentation_id)
        if links.exists(device):
            _check_that_it_is_free(device, bridge)
        _warn_of_large_packets(parent, segment.mtu)
        links.add_vlan(device, parent, segment.segmentation_id, segment.mtu)
        links.attach(device, bridge)
        return Wired(bridge, device)

    def _join_interface(self, bridge: str, segment: Segment) -> Wired:
        interface = self._interface(segment)
        _check_that_it_is_free(interface, bridge)
        if links.bridge_of(interface) != bridge:
            _warn_of_large_packets(interface, segment.mtu)
            links.attach(interface, bridge)
            links.set_state(interface, up=True)
        return Wired(bridge, interface)

    def _is_own_vlan(self, device: str) -> bool:
        """Tell whether `wire` made a VLAN device. One that is mapped itself is the operator's."""
        mapped = {*self.interfaces.values(), *self.bridges.values()}
        if device in mapped or (found := links.vlan_of(device)) is None:
            return False
        return found[0] in mapped and device == names.vlan(*found)


def _check_that_it_is_free(interface: str, bridge: str) -> None:
    """Raise CannotWireError if putting an interface into a bridge would cut off something else."""
    other = links.bridge_of(interface)
    if other == bridge:
        return
    if other is not None and not _is_unused(other):
        raise CannotWireError(
            f"interface {interface} is in the bridge {other}: name that in [linux_bridge] bridge_mappings, "
            "or take the interface out of it"
        )
    if links.has_addresses(interface):
        raise CannotWireError(
            f"interface {interface} has addresses, which would be cut off: put it into a bridge of the "
            "host's and name that in [linux_bridge] bridge_mappings"
        )


def _is_unused(bridge: str) -> bool:
    return names.is_bridge(bridge) and not any(map(names.is_tap, links.ports_of(bridge)))


def _warn_of_large_packets(device: str, mtu: int) -> None:
    present = links.mtu_of(device)
    if present < mtu:
        LOG.warning(
            "Packets of the network may have up to %d bytes on %s, whose MTU is %d: they are fragmented or "
            "lost. Raise it, or lower [DEFAULT] global_physnet_mtu or [ml2] path_mtu of the servers",
            mtu,
            device,
            present,
        )

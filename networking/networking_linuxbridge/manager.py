"""What neutron's common agent loop asks of a kind of agent, answered for Linux bridges."""

from typing import Any

from neutron.plugins.ml2.drivers.agent import _agent_manager_base as base
from neutron_lib import constants
from neutron_lib.agent import topics
from oslo_log import log
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import links, names, protection
from networking_linuxbridge.forwarding import Forwarding
from networking_linuxbridge.networks import CannotWireError, Networks, Segment
from networking_linuxbridge.rpc import Callbacks

LOG = log.getLogger(__name__)

_DEFAULT_MTU = 1500


class LinuxBridgeManager(base.CommonAgentManagerBase):
    """Puts the devices of ports into the bridges of their networks."""

    def __init__(self, networks: Networks, forwarding: Forwarding) -> None:
        self.networks = networks
        self.forwarding = forwarding
        self.bridge_of: dict[str, str] = {}  # the bridge each device that was plugged belongs in
        self.uplink_of: dict[str, str | None] = {}  # the device that joins a bridge to other hosts
        self.up: set[str] = set()  # those of them whose ports are administratively up
        self.unwired: set[str] = set()  # devices that could not be put into a bridge, to be tried again
        self.strangers: set[str] = set()  # devices that are nobody's port, but named much as those of ports

    def close_by_default(self) -> set[str]:
        """Have the rules that close all devices, but those that rules of their own open.

        Returns the plugged devices whose own rules are missing. Where there were no rules at all, devices at
        work go on as they did until they get theirs.
        """
        known = protection.devices()
        self.strangers = set(filter(names.is_like_a_tap, links.names()))
        at_work = set() if known is not None else set(filter(links.bridge_of, self.get_all_devices()))
        protection.establish(self.strangers | at_work, self.networks.local_ip, self.networks.vxlan_port)
        return self.bridge_of.keys() - (known or set())

    def plug_interface(
        self, network_id: str, network_segment: base.NetworkSegment, device: str, device_owner: str
    ) -> bool:
        """Put a device into the bridge of its network; False if that cannot be.

        Raises what the kernel said of a device that went away meanwhile.
        """
        segment = Segment(
            network_segment.network_type,
            network_segment.physical_network,
            network_segment.segmentation_id,
            network_segment.mtu or _DEFAULT_MTU,
        )
        try:
            self._plug(device, network_id, segment)
        except (CannotWireError, NetlinkError, OSError) as reason:
            if not links.exists(device):
                raise
            LOG.error("Port %s (%s) of network %s not plugged: %s", device, device_owner, network_id, reason)
            self.give_up(device)
            return False
        self.unwired.discard(device)
        return True

    def _plug(self, device: str, network_id: str, segment: Segment) -> None:
        bridge, uplink, is_new = self.networks.wire(network_id, segment)
        self.uplink_of[bridge] = uplink
        if is_new and segment.segmentation_id is not None:
            self.forwarding.doubt(segment.segmentation_id, network_id)
        links.disable_ipv6(device)
        links.set_mtu(device, segment.mtu)
        links.attach(device, bridge)
        links.bridge_link_local(device)
        self.bridge_of[device] = bridge

    def give_up(self, device: str) -> None:
        """Leave a device that could not be wired as it is, to be tried again."""
        self._forget(device)
        self.unwired.add(device)

    def close(self, device: str) -> None:
        """Let a device send and get nothing, wherever it is: it is nobody's."""
        LOG.info("%s has no port here: closing it", device)
        protection.remove({device})
        self._forget(device)
        self.unwired.discard(device)

    def misplaced(self) -> set[str]:
        """Return the devices that someone took out of their bridge, or whose uplink, if it is there."""
        return {
            device
            for device, bridge in self.bridge_of.items()
            if links.exists(device)
            and (links.bridge_of(device) != bridge or self._is_cut_off(bridge))
            and (names.is_bridge(bridge) or links.exists(bridge))
        }

    def tidy(self) -> None:
        """Forget devices that are gone, and remove the bridges they leave unused."""
        for device in [device for device in self.bridge_of if not links.exists(device)]:
            self._forget(device)
        self.unwired = {device for device in self.unwired if links.exists(device)}
        self._leave_strangers_alone()
        with self.forwarding.lock:
            self.networks.remove_unused()

    def ensure_port_admin_state(self, device: str, admin_state_up: bool) -> None:
        """Set a device up or down."""
        links.set_state(device, up=admin_state_up)
        if admin_state_up:
            self.up.add(device)
        else:
            self.up.discard(device)

    def get_all_devices(self) -> set[str]:
        """Return the devices of ports on this host."""
        return set(filter(names.is_tap, links.names()))

    def get_devices_modified_timestamps(self, devices: set[str]) -> dict[str, int]:
        """Return what changes when a device is replaced by another one of the same name."""
        return {device: links.index(device) for device in devices}

    def get_agent_configurations(self) -> dict[str, Any]:
        """Return what is to be known of this agent to bind ports, announce them and explain their ways."""
        joined = self.networks.local_ip is not None
        return {
            "bridge_mappings": self.networks.bridges,
            "interface_mappings": self.networks.interfaces,
            "tunneling_ip": self.networks.local_ip,
            "tunnel_types": [constants.TYPE_VXLAN] if joined else [],
            "l2_population": joined,
            "filters": self.networks.filters,
        }

    def get_agent_id(self) -> str:
        """Return the name by which the server logs this agent's requests."""
        return f"linuxbridge-{self.forwarding.host}"

    def get_extension_driver_type(self) -> str:
        """Return the key under which agent extensions keep their drivers for Linux bridges."""
        return "linuxbridge"

    def get_agent_api(self, **_: object) -> None:
        """Offer agent extensions nothing beyond what they are called with."""

    def get_rpc_callbacks(self, context: Any, agent: Any, sg_agent: Any) -> Callbacks:
        """Return the receiver of the server's announcements."""
        return Callbacks(context, agent, sg_agent)

    def get_rpc_consumers(self) -> list[list[str]]:
        """Return the announcements to listen to."""
        return [
            [topics.PORT, topics.UPDATE],
            [topics.PORT, topics.DELETE],
            [topics.PORT_BINDING, topics.ACTIVATE],
            [topics.NETWORK, topics.UPDATE],
            [topics.SECURITY_GROUP, topics.UPDATE],
            [topics.L2POPULATION, topics.UPDATE],
        ]

    def _is_cut_off(self, bridge: str) -> bool:
        uplink = self.uplink_of.get(bridge)
        return uplink is not None and links.bridge_of(uplink) != bridge

    def _forget(self, device: str) -> None:
        self.bridge_of.pop(device, None)
        self.up.discard(device)

    def _leave_strangers_alone(self) -> None:
        present = set(filter(names.is_like_a_tap, links.names()))
        if present != self.strangers:
            protection.admit(present - self.strangers)
            protection.remove(self.strangers - present)
            self.strangers = present

    def setup_arp_spoofing_protection(self, device: str, device_details: dict[str, Any]) -> None:
        """Let a device send what its port may, before it is put into its bridge."""
        protection.protect(device, device_details)

    def delete_arp_spoofing_protection(self, devices: set[str]) -> None:
        """Forget the rules of devices that are gone."""
        protection.remove(devices)

    def delete_unreferenced_arp_protection(self, current_devices: set[str]) -> None:
        """Forget the rules of devices that went while no agent ran."""
        protection.remove_all_but(current_devices | self.strangers)

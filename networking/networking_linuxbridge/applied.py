"""What the server said of the ports whose devices are wired, to see whether it says something else by now.

Whoever asks for a port's details makes the server take it for one that is being built. So they are not asked
for again and again: what they are made of is compared, and only those of ports that differ are asked for.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import netaddr
from neutron.api.rpc.callbacks import resources
from neutron_lib import constants
from neutron_lib.services.qos import constants as qos

from networking_linuxbridge.plugin_api import batches, pull


class State(NamedTuple):
    """What of a port the agent puts in force, its security groups apart: they are always asked for anew."""

    mac: str
    owner: str
    up: bool
    secured: bool
    addresses: frozenset[str]
    pairs: frozenset[tuple[str, str]]
    policy: str | None
    mtu: int | None


class Applied:
    """The ports whose details were carried out, by device."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, State]] = {}  # the port's id and state

    def note(self, device: str, details: Mapping[str, Any]) -> None:
        """Note what was carried out; details without a port: the device has none, or none that is here."""
        if "port_id" in details:
            self._known[device] = details["port_id"], _of_details(details)
        else:
            self.forget({device})

    def forget(self, devices: Iterable[str]) -> None:
        """Forget devices that are gone."""
        for device in devices:
            self._known.pop(device, None)

    def outdated(self, devices: set[str]) -> set[str]:
        """Return those DEVICES that the server says something else of by now, and those without a port."""
        known = {port: (device, state) for device, (port, state) in self._known.items() if device in devices}
        ports = [port for ids in batches(known) for port in pull(resources.PORT, {"id": ids})]
        used = {str(port.network_id) for port in ports}
        networks = (network for ids in batches(used) for network in pull(resources.NETWORK, {"id": ids}))
        mtus = {str(network.id): network.mtu for network in networks}
        present = {port.id: _of_port(port, mtus.get(str(port.network_id))) for port in ports}
        changed = {device for port, (device, state) in known.items() if present.get(port) != state}
        return changed | (devices - self._known.keys())


def is_nobodys(details: Mapping[str, Any]) -> bool:
    """Tell whether a device has no port here: none that is there, and none that migrates."""
    return "port_id" not in details and constants.NO_ACTIVE_BINDING not in details


def _of_details(details: Mapping[str, Any]) -> State:
    return State(
        _mac(details["mac_address"]),
        details["device_owner"],
        details["admin_state_up"],
        details["port_security_enabled"],
        frozenset(_address(ip["ip_address"]) for ip in details["fixed_ips"]),
        frozenset(
            (_mac(pair["mac_address"]), _address(pair["ip_address"]))
            for pair in details["allowed_address_pairs"]
        ),
        details.get(qos.QOS_POLICY_ID) or details.get(qos.QOS_NETWORK_POLICY_ID),
        details["mtu"],
    )


def _of_port(port: Any, mtu: int | None) -> State:
    return State(
        _mac(port.mac_address),
        port.device_owner,
        port.admin_state_up,
        port.security is None or port.security.port_security_enabled,
        frozenset(_address(ip.ip_address) for ip in port.fixed_ips or ()),
        frozenset(
            (_mac(pair.mac_address), _address(pair.ip_address)) for pair in port.allowed_address_pairs or ()
        ),
        port.qos_policy_id or port.qos_network_policy_id,
        mtu,
    )


def _mac(address: Any) -> str:
    return str(netaddr.EUI(str(address)))


def _address(address: Any) -> str:
    return str(netaddr.IPNetwork(str(address)))

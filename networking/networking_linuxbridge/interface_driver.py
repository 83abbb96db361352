"""Connect routers and DHCP servers: a pair of devices between their namespace and the host."""

from contextlib import suppress
from typing import Any

from neutron.agent.linux import interface, ip_lib
from neutron.privileged.agent.linux import ip_lib as kernel
from neutron_lib import constants
from oslo_log import log

LOG = log.getLogger(__name__)


class BridgeInterfaceDriver(interface.LinuxInterfaceDriver):
    """Makes a port's device in a namespace and its other end, the tap, on the host.

    The agent puts the tap into its bridge, as it does with the taps of servers: only one process ever
    touches bridges, and it does so after the rules of the port stand.
    """

    DEV_NAME_PREFIX = "ns-"

    def plug_new(
        self,
        network_id: str,
        port_id: str,
        device_name: str,
        mac_address: str,
        bridge: str | None = None,
        namespace: str | None = None,
        prefix: str | None = None,
        mtu: int | None = None,
    ) -> None:
        """Make both devices at one blow, so that none is ever found half made; MTU in bytes."""
        tap = self._tap_name(device_name, prefix)
        ends = _ends(device_name, mac_address, namespace, mtu)
        if namespace:
            ip_lib.IPWrapper().ensure_namespace(namespace)
        try:
            kernel.create_interface(tap, None, "veth", **ends)
        except kernel.InterfaceAlreadyExists:
            LOG.warning("%s is left over from a namespace that is gone: replacing it", tap)
            _remove(tap)
            kernel.create_interface(tap, None, "veth", **ends)
        on_host = ip_lib.IPDevice(tap)
        on_host.disable_ipv6()
        on_host.link.set_up()
        ip_lib.IPDevice(device_name, namespace=namespace).link.set_up()

    def unplug(
        self,
        device_name: str,
        bridge: str | None = None,
        namespace: str | None = None,
        prefix: str | None = None,
    ) -> None:
        """Remove both devices: one does not live without the other."""
        _remove(self._tap_name(device_name, prefix))

    def set_mtu(
        self, device_name: str, mtu: int, namespace: str | None = None, prefix: str | None = None
    ) -> None:
        """Set the MTU, in bytes, of both devices."""
        ip_lib.IPDevice(self._tap_name(device_name, prefix)).link.set_mtu(mtu)
        ip_lib.IPDevice(device_name, namespace=namespace).link.set_mtu(mtu)

    def _tap_name(self, device_name: str, prefix: str | None) -> str:
        return device_name.replace(prefix or self.DEV_NAME_PREFIX, constants.TAP_DEVICE_PREFIX, 1)


def _remove(tap: str) -> None:
    # When its other end's namespace has gone, the kernel removes it at a moment of its own.
    with suppress(kernel.NetworkInterfaceNotFound):
        ip_lib.IPDevice(tap).link.delete()


def _ends(device: str, mac_address: str, namespace: str | None, mtu: int | None) -> dict[str, Any]:
    peer: dict[str, Any] = {"ifname": device, "address": mac_address}
    ends: dict[str, Any] = {"peer": peer}
    if namespace:
        peer["net_ns_fd"] = namespace
    if mtu:
        peer["mtu"] = ends["mtu"] = mtu
    return ends

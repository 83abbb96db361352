"""The server's announcements. Each is noted and wakes the agent, or goes straight into a forwarding table."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import oslo_messaging
from neutron.api.rpc.handlers import securitygroups_rpc
from neutron.plugins.ml2.drivers.agent import _agent_manager_base as base
from neutron.plugins.ml2.drivers.l2pop.rpc_manager import l2population_rpc
from neutron_lib import constants
from oslo_log import log
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import connections, names
from networking_linuxbridge.explain import host
from networking_linuxbridge.explain.question import Question
from networking_linuxbridge.forwarding import PortsByHost

LOG = log.getLogger(__name__)


class Callbacks(
    securitygroups_rpc.SecurityGroupAgentRpcCallbackMixin,
    l2population_rpc.L2populationRpcCallBackMixin,
    base.CommonAgentManagerRpcCallBackBase,
):
    """Receives what neutron-rpc-server announces to all agents."""

    target = oslo_messaging.Target(version="1.5")

    def port_update(self, _context: Any, **kwargs: Any) -> None:
        """Note that a port changed; its details are asked for when its turn comes."""
        self._changed(names.tap(kwargs["port"]["id"]))

    def port_delete(self, _context: Any, **kwargs: Any) -> None:
        """Note that a port was deleted: its device, if its server still has it, is nobody's now."""
        self._changed(names.tap(kwargs["port_id"]))

    def binding_activate(self, _context: Any, **kwargs: Any) -> None:
        """Note that a port came to this host: its server was migrated here and is about to resume."""
        if kwargs["host"] == self.agent.mgr.forwarding.host:
            self._changed(names.tap(kwargs["port_id"]))

    def network_update(self, _context: Any, **kwargs: Any) -> None:
        """Note that all ports of a network changed; its MTU may have."""
        ports = self.agent.network_ports.get(kwargs["network"]["id"], [])
        self._changed(*(port["device"] for port in ports))

    def security_groups_rule_updated(self, context: Any, **kwargs: Any) -> None:
        """Note which ports need new rules."""
        super().security_groups_rule_updated(context, **kwargs)
        self.agent.awake.set()

    def security_groups_member_updated(self, context: Any, **kwargs: Any) -> None:
        """Note which ports need new members in their rules."""
        super().security_groups_member_updated(context, **kwargs)
        self.agent.awake.set()

    def address_groups_updated(self, _context: Any, _kind: str, groups: Iterable[Any], _event: str) -> None:
        """Note which ports need the new addresses of groups in their rules."""
        with self.sg_agent._latest_port_filter_lock.read_lock():  # as neutron waits for rules being made
            changed = connections.expect_other_addresses(
                self.sg_agent.firewall, {group.id for group in groups}
            )
            self.sg_agent.devices_to_refilter |= changed
        if changed:
            self.agent.awake.set()

    def get_and_clear_updated_devices(self) -> set[str]:
        """Return the devices to look at again: their ports changed, or someone moved them."""
        changed: set[str] = super().get_and_clear_updated_devices()
        misplaced: set[str] = self.agent.mgr.misplaced()
        return changed | misplaced

    def fdb_add(self, _context: Any, fdb_entries: Mapping[str, Any]) -> None:
        """Enter ports that became active on other hosts."""
        self._tell(self.agent.mgr.forwarding.add, fdb_entries)

    def fdb_remove(self, _context: Any, fdb_entries: Mapping[str, Any]) -> None:
        """Drop ports that other hosts have no more."""
        self._tell(self.agent.mgr.forwarding.remove, fdb_entries)

    def fdb_update(self, _context: Any, fdb_entries: Mapping[str, Any]) -> None:
        """Answer for the IP addresses that ports of other hosts have now."""
        for network_id, changes in fdb_entries.get("chg_ip", {}).items():
            self.agent.mgr.forwarding.change(network_id, changes)

    def facts(self, _context: Any, question: Mapping[str, Any]) -> host.Facts:
        """Answer `dietstack-net explain`: say what this host looks like."""
        return host.facts(Question(**question))

    def _changed(self, *devices: str) -> None:
        self.updated_devices.update(devices)
        self.agent.awake.set()

    def _tell(self, change: Callable[[int, str, PortsByHost], None], fdb_entries: Mapping[str, Any]) -> None:
        for network_id, network in fdb_entries.items():
            if network["network_type"] == constants.TYPE_VXLAN:
                try:
                    change(network["segment_id"], network_id, network["ports"])
                except (NetlinkError, OSError):
                    LOG.exception("Could not enter what was announced of network %s", network_id)
                    self.agent.mgr.forwarding.doubt(network["segment_id"], network_id)
        if self.agent.mgr.forwarding.in_doubt:
            self.agent.awake.set()

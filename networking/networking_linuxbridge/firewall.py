"""Neutron's iptables firewall, where it does not suit ports that share a bridge and what is tracked on it."""

from collections.abc import Iterable, Mapping
from typing import Any

from neutron.agent import firewall
from neutron.agent.linux import iptables_firewall
from neutron_lib import constants
from oslo_config import cfg


class Firewall(iptables_firewall.IptablesFirewallDriver):
    """Security groups as iptables rules, of ports whose network has a bridge of its own."""

    def update_security_group_rules(self, sg_id: str, sg_rules: Iterable[Mapping[str, Any]]) -> None:
        """Take the rules of a group as those of a stateful one.

        A bridge is tracked as a whole: for the sake of one stateless port, the answers to all of its ports
        would be taken for unasked.
        """
        super().update_security_group_rules(sg_id, [{**rule, "stateful": True} for rule in sg_rules])

    def _update_ipset_members(self, sg_id: str, sg_members: Mapping[str, Any]) -> None:
        """End the connections with all that left a group: neutron takes a prefix for its first address."""
        devices = self.devices_with_updated_sg_members.pop(sg_id, None)
        for version, present in sg_members.items():
            _came, left = self.ipset.set_members(sg_id, version, present)
            if devices and left:
                self.ipconntrack.delete_conntrack_state_by_remote_ips(devices, version, left)

    def _remove_conntrack_entries_from_sg_updates(self) -> None:
        """End also the connections of ports whose security was just switched on: nobody had judged them."""
        super()._remove_conntrack_entries_from_sg_updates()
        before = self._pre_defer_unfiltered_ports
        secured = [port for device, port in self.filtered_ports.items() if device in before]
        if secured:
            for version in (constants.IPv4, constants.IPv6):
                self.ipconntrack.delete_conntrack_state_by_remote_ips(secured, version, set())


def put_in_force(driver: firewall.FirewallDriver) -> None:
    """Make the rules what a firewall knows of, also if it knows of no port, or of trusted ones only."""
    with driver.defer_apply():
        pass


def use(conf: cfg.ConfigOpts) -> None:
    """Have neutron's agent loop take this firewall where the settings name the one that it is made of."""
    driver = conf.SECURITYGROUP.firewall_driver
    if driver and firewall.load_firewall_driver_class(driver) is iptables_firewall.IptablesFirewallDriver:
        conf.set_override("firewall_driver", f"{__name__}.{Firewall.__name__}", "SECURITYGROUP")

"""Connections end that security groups allow no more.

Neutron's firewall looks for them where the server announced a change. What was announced unheard, and groups
of addresses, which are announced in another way, have to be named to it before it makes the rules anew.
"""

from collections.abc import Collection
from typing import Any

from neutron.agent.linux import iptables_firewall

_GROUPS_OF_PORT = "security_group_remote_address_groups"


def expect_any_change(firewall: Any) -> None:
    """Have the firewall look for connections that other rules, groups of ports or members forbid by now."""
    if isinstance(firewall, iptables_firewall.IptablesFirewallDriver):
        firewall.security_group_updated("sg_rule", list(firewall.sg_rules))
        firewall.security_group_updated("sg_member", list(firewall.sg_members))
        firewall.security_group_updated("sg_member", [], list(firewall.ports))
        expect_other_addresses(firewall, list(firewall.sg_members))


def expect_other_addresses(firewall: Any, address_groups: Collection[str]) -> set[str]:
    """Have the firewall look for connections with addresses that left their groups.

    Returns the devices of the ports with rules that refer to one of the groups.
    """
    concerned = set()
    for port in list(firewall.ports.values()):
        for group in set(address_groups).intersection(port.get(_GROUPS_OF_PORT, ())):
            firewall.devices_with_updated_sg_members[group].append(port)
            concerned.add(port["device"])
    return concerned

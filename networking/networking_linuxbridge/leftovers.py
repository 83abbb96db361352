"""What a killed agent leaves in the packet filter: rules of ports that are gone, sets of addresses."""

import re
from collections.abc import Collection
from typing import Any

from neutron.agent.linux import iptables_firewall, utils

from networking_linuxbridge.firewall import put_in_force

# Neutron's ipset manager names them by IP version and security group; "-n" marks one that is being filled.
_SET = re.compile(r"NIPv[46][0-9a-f-]+n?")


def remove_sets(keep: Collection[str] = ()) -> None:
    """Remove neutron's sets of addresses but those to KEEP, and those that a rule refers to.

    A set that was half filled would otherwise lend its members to the next one of its name.
    """
    names = utils.execute(["ipset", "list", "-name"], privsep_exec=True).split()
    for name in filter(_SET.fullmatch, names):
        if name not in keep:
            # The kernel refuses it for sets that are referred to.
            utils.execute(
                ["ipset", "destroy", name], privsep_exec=True, check_exit_code=False, log_fail_as_error=False
            )


def remove_rules(firewall: Any) -> None:
    """Remove the rules and sets that no port of a firewall has; the rules of all ports have to stand."""
    if isinstance(firewall, iptables_firewall.IptablesFirewallDriver):
        put_in_force(firewall)
        remove_sets(keep=firewall.ipset.ipset_sets)

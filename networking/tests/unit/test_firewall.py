import pytest
from neutron.agent import firewall as neutron
from neutron.agent.linux.iptables_manager import IptablesManager

from networking_linuxbridge.firewall import Firewall, use

NETWORK = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
RULE = {"direction": "ingress", "ethertype": "IPv4"}


class Conntrack:
    """Plays neutron's manager of tracked connections: all are in one zone."""

    def get_device_zone(self, port, create=True):
        return 4097


@pytest.fixture
def firewall():
    bare = Firewall.__new__(Firewall)
    bare.iptables = IptablesManager(state_less=True, use_ipv6=True)
    bare.filtered_ports, bare.unfiltered_ports, bare._defer_apply = {}, {}, True
    bare.sg_rules, bare.enable_ipset, bare.ipconntrack = {}, True, Conntrack()
    return bare


def port(device, *groups):
    return {
        "device": device,
        "network_id": NETWORK,
        "mac_address": "fa:16:3e:00:00:01",
        "fixed_ips": ["192.168.35.1"],
        "security_groups": list(groups),
    }


def tracking(firewall):
    return [rule.rule for rule in firewall.iptables.ipv4["raw"].rules if "-j CT" in rule.rule]


def test_a_port_of_a_stateless_group_leaves_the_bridge_tracked(firewall):
    firewall.update_security_group_rules("stateless", [{**RULE, "stateful": False}])
    firewall.update_security_group_rules("stateful", [{**RULE, "stateful": True}])
    ports = {one["device"]: one for one in (port("tap1", "stateless"), port("tap2", "stateful"))}
    firewall._setup_chains_apply(ports, {})
    assert len(tracking(firewall)) == 6
    assert all(rule.endswith("-j CT --zone 4097") for rule in tracking(firewall))


def test_what_tracks_a_port_goes_with_the_last_rule_of_its_group(firewall):
    firewall.update_security_group_rules("stateless", [{**RULE, "stateful": False}])
    ports = {"tap1": port("tap1", "stateless")}
    firewall._setup_chains_apply(ports, {})
    firewall.update_security_group_rules("stateless", [])
    firewall._remove_chains_apply(ports, {})
    assert tracking(firewall) == []


@pytest.mark.parametrize(
    "driver", ["iptables", "neutron.agent.linux.iptables_firewall.IptablesFirewallDriver"]
)
def test_the_agent_takes_it_for_neutrons_own(conf, driver):
    conf.config(firewall_driver=driver, group="SECURITYGROUP")
    use(conf.conf)
    assert neutron.load_firewall_driver_class(conf.conf.SECURITYGROUP.firewall_driver) is Firewall


@pytest.mark.parametrize("driver", [None, "", "noop"])
def test_no_firewall_stays_none(conf, driver):
    conf.config(firewall_driver=driver, group="SECURITYGROUP")
    use(conf.conf)
    assert conf.conf.SECURITYGROUP.firewall_driver == driver

from collections import defaultdict

from networking_linuxbridge import connections
from networking_linuxbridge.firewall import Firewall

TAP = "tap11111111-22"
RULE = {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "stateful": True}


class Conntrack:
    """Notes which connections are to end."""

    def __init__(self):
        self.by_rule = []
        self.by_address = []

    def delete_conntrack_state_by_rule(self, ports, rule):
        self.by_rule += [(port["device"], rule) for port in ports]

    def delete_conntrack_state_by_remote_ips(self, ports, version, addresses):
        self.by_address += [(port["device"], version, set(addresses)) for port in ports]


class Ipset:
    """Plays neutron's manager of sets: returns which addresses came and went."""

    def __init__(self):
        self.members = {}

    def set_members(self, group, version, addresses):
        before, now = self.members.get((group, version), set()), {address for address, _mac in addresses}
        self.members[group, version] = now
        return now - before, before - now


def firewall_with(port, rules=(), **members):
    bare = Firewall.__new__(Firewall)
    bare.filtered_ports, bare.unfiltered_ports = {TAP: port}, {}
    bare.sg_rules, bare.sg_members, bare.enable_ipset = {"group": list(rules)}, {}, True
    bare.updated_rule_sg_ids, bare.updated_sg_members = set(), set()
    bare.devices_with_updated_sg_members = defaultdict(list)
    bare.ipconntrack, bare.ipset = Conntrack(), Ipset()
    for group, addresses in members.items():
        bare.update_security_group_members(group, {"IPv4": [(address, None) for address in addresses]})
    return bare


def catch_up(firewall, port, rules=(), **members):
    """Make the rules anew, as neutron's agent does, after a check."""
    connections.expect_any_change(firewall)
    firewall.pre_sg_rules = dict(firewall.sg_rules)
    firewall._pre_defer_filtered_ports = dict(firewall.filtered_ports)
    firewall._pre_defer_unfiltered_ports = dict(firewall.unfiltered_ports)
    firewall.update_security_group_rules("group", list(rules))
    for group, addresses in members.items():
        firewall.update_security_group_members(group, {"IPv4": [(address, None) for address in addresses]})
    firewall._set_ports(port)
    firewall._remove_conntrack_entries_from_sg_updates()
    return firewall.ipconntrack


def port(*groups, **more):
    return {"device": TAP, "security_groups": list(groups), "security_group_source_groups": [], **more}


def test_connections_of_a_rule_that_went_unheard_end():
    ended = catch_up(firewall_with(port("group"), [RULE]), port("group"))
    assert ended.by_rule == [(TAP, RULE)]


def test_connections_of_rules_that_stay_go_on():
    ended = catch_up(firewall_with(port("group"), [RULE]), port("group"), [RULE])
    assert ended.by_rule == ended.by_address == []


def test_connections_of_a_group_that_a_port_left_unheard_end():
    ended = catch_up(firewall_with(port("group", "other"), [RULE]), port("group"), [RULE])
    assert ended.by_address == [(TAP, "IPv4", set()), (TAP, "IPv6", set())]


def test_connections_of_a_port_whose_security_is_switched_on_end():
    firewall = firewall_with(port("group"), [RULE])
    firewall._set_ports(port("group", port_security_enabled=False))
    ended = catch_up(firewall, port("group"), [RULE])
    assert ended.by_address == [(TAP, "IPv4", set()), (TAP, "IPv6", set())]


def test_connections_with_members_that_left_unheard_end():
    same = port("group", security_group_source_groups=["friends"])
    ended = catch_up(firewall_with(same, friends=["10.0.0.1", "10.0.0.2"]), same, friends=["10.0.0.1"])
    assert ended.by_address == [(TAP, "IPv4", {"10.0.0.2"})]


def test_connections_with_addresses_that_left_their_group_end():
    same = port("group", security_group_remote_address_groups=["offices"])
    firewall = firewall_with(same, offices=["192.0.2.0/24", "10.0.0.2/32"])
    assert connections.expect_other_addresses(firewall, {"offices"}) == {TAP}
    firewall.update_security_group_members("offices", {"IPv4": [("192.0.2.0/24", None)]})
    assert firewall.ipconntrack.by_address == [(TAP, "IPv4", {"10.0.0.2/32"})]


def test_connections_with_a_prefix_that_left_its_group_end():
    same = port("group", security_group_remote_address_groups=["offices"])
    firewall = firewall_with(same, offices=["192.0.2.0/24", "10.0.0.2/32"])
    connections.expect_other_addresses(firewall, {"offices"})
    firewall.update_security_group_members("offices", {"IPv4": [("10.0.0.2/32", None)]})
    assert firewall.ipconntrack.by_address == [(TAP, "IPv4", {"192.0.2.0/24"})]


def test_other_firewalls_have_no_connections():
    connections.expect_any_change(object())

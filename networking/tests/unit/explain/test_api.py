from types import SimpleNamespace

from networking_linuxbridge.explain.api import _agent, _rules
from networking_linuxbridge.explain.cloud import Rule


def rule(**remote):
    nobody = dict.fromkeys(("remote_ip_prefix", "remote_group_id", "remote_address_group_id"))
    return SimpleNamespace(
        security_group_id="g", direction="ingress", ether_type="IPv4", protocol="icmp",
        port_range_min=None, port_range_max=None, **nobody | remote,
    )  # fmt: skip


def told(*rules):
    offices = SimpleNamespace(id="offices", addresses=["192.0.2.0/24", "198.51.100.7/32"])
    network = SimpleNamespace(security_group_rules=lambda: rules, address_groups=lambda: [offices])
    return [one.remote for one in _rules(network)]


def test_a_rule_lets_in_whom_it_names():
    assert told(rule(), rule(remote_ip_prefix="10.0.0.0/8"), rule(remote_group_id="friends")) == [
        None, "10.0.0.0/8", "friends",
    ]  # fmt: skip


def test_a_rule_with_an_address_group_lets_in_its_addresses_alone():
    assert told(rule(remote_address_group_id="offices")) == ["192.0.2.0/24", "198.51.100.7/32"]
    assert told(rule(remote_address_group_id="homes")) == []


def test_a_server_without_address_groups_is_not_asked_for_them():
    network = SimpleNamespace(security_group_rules=lambda: [rule()])
    assert list(_rules(network)) == [Rule("g", "ingress", 4, "icmp")]


def test_an_agent_tells_whether_groups_filter_on_its_host():
    def agent(**told):
        known = {"host": "host1", "is_alive": True, "last_heartbeat_at": "", "configuration": told}
        return _agent(SimpleNamespace(agent_type="Linux bridge agent", **known))

    assert not agent(filters=False).filters
    assert agent(filters=True).filters
    assert agent().filters, "an older one does not say"

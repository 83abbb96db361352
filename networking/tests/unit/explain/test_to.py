"""The way to one address, and whom it asks for what."""

from dataclasses import replace

import pytest
from healthy import (
    FLOATING,
    GATEWAY,
    HOST1,
    HOST2,
    INSIDE,
    NETWORK,
    OTHER,
    QDHCP,
    QROUTER,
    SERVER,
    answers,
    cloud,
)
from neutron_lib.agent import topics

from networking_linuxbridge.explain import ask
from networking_linuxbridge.explain.api import named
from networking_linuxbridge.explain.cli import table
from networking_linuxbridge.explain.cloud import Rule, lets_ping
from networking_linuxbridge.explain.hop import closing_line, is_whole
from networking_linuxbridge.explain.question import Question, RefusedError
from networking_linuxbridge.explain.way import legs, questions, way


def test_every_host_on_the_way_is_asked_what_is_needed():
    asked = questions(cloud())
    assert set(asked) == {"host1", "host2"}
    assert asked["host2"].taps == [SERVER.tap] * 3
    assert asked["host2"].peers == {HOST1: 1450}
    assert set(asked["host1"].namespaces) == {QDHCP, QROUTER}
    assert asked["host1"].namespaces[QROUTER] == ["192.168.35.5"]
    assert asked["host1"].networks == [NETWORK]
    assert GATEWAY.tap in asked["host1"].taps
    assert asked["host1"].peers == {HOST2: 1450}


def test_the_way_to_another_server_leads_straight_there():
    there = cloud(to="192.168.35.6")
    assert [(leg.near, leg.far) for leg in legs(there)] == [(SERVER, OTHER)]
    assert questions(there)["host1"].namespaces == {}
    assert is_whole(way(there, answers()))


def test_the_other_server_has_to_let_the_ping_in():
    there = cloud(to="192.168.35.6", rules=(Rule("group", "egress", 4), Rule("group", "ingress", 4, "tcp")))
    assert "no ping from 192.168.35.5: tcp" in closing_line(way(there, answers()))


def test_the_ping_has_to_be_let_in_by_its_version_of_ip():
    both = {port: (*port.addresses, f"fd00::{end}") for port, end in ((SERVER, 5), (OTHER, 6))}
    ports = tuple(replace(port, addresses=both.get(port, port.addresses)) for port in cloud().ports)
    rules = (*cloud().rules, Rule("group", "egress", 6))
    said = answers()
    said["host2"]["rules"][SERVER.tap]["6"] = said["host2"]["rules"][SERVER.tap]["4"]
    line = closing_line(way(cloud(to="fd00::6", port=ports[0], ports=ports, rules=rules), said))
    assert "lets in: no ping from 192.168.35.5, fd00::5" in line
    assert "--ingress --ethertype IPv6" in line


def test_the_way_outside_leads_through_the_router():
    there = cloud(to="203.0.113.1")
    assert [leg.far for leg in legs(there)] == [INSIDE]
    assert questions(there)["host1"].namespaces == {QROUTER: ["192.168.35.5", "203.0.113.1"]}
    said = answers()
    said["host1"]["namespaces"][QROUTER]["pings"]["203.0.113.1"] = 9.5
    assert is_whole(way(there, said))
    said["host1"]["namespaces"][QROUTER]["pings"]["203.0.113.1"] = None
    assert f"{QROUTER}: ping to 203.0.113.1: no answer" in closing_line(way(there, said)).replace(
        " on host1", ""
    )


def test_a_router_without_a_gateway_leads_nowhere_outside():
    router = replace(cloud().routers[0], gateway=None)
    line = closing_line(way(cloud(to="203.0.113.1", routers=(router,)), answers()))
    assert "router router: gateway: none: no way to 203.0.113.1; openstack router set" in line


def test_a_network_without_a_router_leads_nowhere():
    line = closing_line(way(cloud(to="203.0.113.1", ports=(SERVER, OTHER)), answers()))
    assert "network net: router: none leads to 203.0.113.1; openstack router add subnet" in line


def test_a_floating_ip_leads_outside_and_in_again():
    own = cloud(to=FLOATING, port=OTHER, server=None)
    assert [(leg.near, leg.far) for leg in legs(own)] == [(OTHER, INSIDE), (SERVER, INSIDE)]


OWN, FOREIGN = "bbbbbbbb-0000-4000-8000-00000000000b", "ffffffff-0000-4000-8000-00000000000f"


def with_the_same_address_twice(*networks):
    """Return the way to an address that a port of a foreign network has, and those of NETWORKS, too."""
    twice = [replace(OTHER, id=f"{network[:8]}-other", network=network) for network in (FOREIGN, *networks)]
    twice = [replace(port, addresses=("10.1.0.7",)) for port in twice]
    side = replace(INSIDE, id="77777777-side", network=OWN, addresses=("10.1.0.1",))
    foreign = replace(side, id="66666666-side", network=FOREIGN, device="foreign-router")
    known = {network: replace(cloud().network, id=network, vni=78) for network in (OWN, FOREIGN)}
    return cloud(
        to="10.1.0.7",
        ports=(*twice, foreign, side, *cloud().ports),
        networks={**cloud().networks, **known},
    )


def test_of_two_ports_with_the_address_the_one_behind_an_own_router_is_meant():
    there = with_the_same_address_twice(OWN)
    assert there.target.network == OWN
    assert [(leg.near.network, leg.far.network) for leg in legs(there)] == [(NETWORK, NETWORK), (OWN, OWN)]


def test_an_address_that_only_a_foreign_network_has_is_outside():
    there = with_the_same_address_twice()
    assert there.target is None
    assert "10.1.0.7" in questions(there)["host1"].namespaces[QROUTER]


def test_a_port_of_the_own_network_is_nearer_than_one_behind_a_router():
    assert with_the_same_address_twice(OWN, NETWORK).target.network == NETWORK


def test_a_port_is_known_by_many_names():
    ports = cloud().ports
    for word in (SERVER.id, "1111", SERVER.tap, SERVER.mac, "192.168.35.5"):
        assert named(word, ports) == SERVER
    assert named("web", ports) is None
    assert named("111", ports) is None


def test_a_word_that_names_several_ports_is_refused_with_their_ids():
    ports = [SERVER, replace(SERVER, id="11111111-3333-4333-8444-555555555555")]
    with pytest.raises(RefusedError, match=f"1111: names 2 ports, choose one: {SERVER.id}"):
        named("1111", ports)


@pytest.mark.parametrize(
    ("rule", "address", "passes"),
    [
        (Rule("g", "ingress", 4), "192.0.2.1", True),
        (Rule("g", "ingress", 4, "icmp"), "192.0.2.1", True),
        (Rule("g", "ingress", 4, "tcp"), "192.0.2.1", False),
        (Rule("g", "ingress", 4, remote="192.0.2.0/24"), "192.0.2.1", True),
        (Rule("g", "ingress", 4, remote="192.0.2.0/24"), "198.51.100.1", False),
        (Rule("g", "ingress", 4, remote="friends"), "192.0.2.1", True),
        (Rule("g", "ingress", 4, remote="others"), "192.0.2.1", False),
        (Rule("g", "ingress", 6), "192.0.2.1", False),
        (Rule("g", "ingress", 6, "ipv6-icmp"), "2001:db8::1", True),
        (Rule("g", "ingress", 4, "icmp", (8, None)), "192.0.2.1", True),
        (Rule("g", "ingress", 4, "icmp", (8, 0)), "192.0.2.1", True),
        (Rule("g", "ingress", 4, "icmp", (8, 1)), "192.0.2.1", False),
        (Rule("g", "ingress", 4, "icmp", (3, None)), "192.0.2.1", False),
        (Rule("g", "ingress", 6, "ipv6-icmp", (128, 0)), "2001:db8::1", True),
        (Rule("g", "ingress", 6, "ipv6-icmp", (8, 0)), "2001:db8::1", False),
    ],
)
def test_which_rule_lets_a_ping_pass(rule, address, passes):
    assert lets_ping(rule, address, groups=("friends",)) is passes


@pytest.mark.parametrize(
    ("question", "wrong"),
    [
        ({"taps": ["eth0"]}, "eth0: not the tap of a port"),
        ({"vnis": [1 << 24]}, "16777216: not a VXLAN"),
        ({"networks": ["../x"]}, "../x: not the id"),
        ({"namespaces": {"default": []}}, "default: not qrouter-ID"),
        ({"namespaces": {QROUTER: ["-f"]}}, "-f: not an IP address"),
        ({"peers": {"-f": 1450}}, "-f: not an IP address"),
        ({"peers": {"10.0.0.1": 1 << 20}}, "1048576: not an MTU"),
    ],
)
def test_a_host_is_asked_for_nothing_but_networks(question, wrong):
    with pytest.raises(RefusedError, match=wrong):
        Question(**question)


def test_agents_are_asked_where_they_listen():
    assert topics.get_topic_name(topics.AGENT, topics.PORT, topics.UPDATE) == ask.TOPIC


def test_the_table_has_a_row_for_every_step():
    hops = way(cloud(), answers())
    lines = table(hops)
    assert len(lines) == 1 + len(hops)
    assert lines[0].split() == ["host", "device", "looked", "at", "what", "shows", "it"]

"""Bridges answer ARP for the servers of other nodes, and let everything else pass."""

import json

import pytest
from hosts import eventually

from server.truth import await_truth, present


@pytest.fixture
def pair(boot, nodes):
    return boot(nodes[0]), boot(nodes[1])


@pytest.fixture
def deaf(pair):
    """The second server, on a node that hears nothing of the VXLAN."""
    rule = ["INPUT", "-p", "udp", "--dport", "4789", "-j", "DROP"]
    pair[1].node.run("iptables", "-I", *rule)
    yield pair[1]
    pair[1].node.run("iptables", "-D", *rule)


def mac_of(server, address):
    """Return the MAC address that a server knows an address by, if any."""
    known = json.loads(server.ip("-json", "neigh", "show", address))
    return known[0].get("lladdr") if known else None


def test_who_has_is_answered_without_asking_the_other_node(pair, deaf):
    asking = pair[0]
    asking.ip("neigh", "flush", "all")
    assert not asking.pings(deaf.address)
    assert mac_of(asking, deaf.address) == deaf.mac
    assert not asking.pings("10.1.99.99")
    assert mac_of(asking, "10.1.99.99") is None


def test_gratuitous_arp_reaches_the_other_nodes(pair):
    """Servers that take over an address tell of it so."""
    listening, telling = pair
    listening.run("sysctl", "-qw", "net.ipv4.neigh.eth0.locktime=0")
    wrong = [telling.address, "lladdr", "02:00:00:00:00:99", "nud", "stale", "dev", "eth0"]
    listening.ip("neigh", "replace", *wrong)
    telling.run("sysctl", "-qw", "net.ipv4.conf.eth0.arp_notify=1")
    telling.ip("link", "set", "eth0", "address", telling.mac)
    eventually(lambda: mac_of(listening, telling.address) == telling.mac, "it is told")


def test_an_address_that_changed_is_answered_for(pair, control, neutron, nodes):
    server = pair[1]
    neutron.update("port", server.port["id"], fixed_ips=[{"ip_address": "10.1.77.7"}])
    await_truth(control, nodes)
    known = {(ip, mac) for _bridge, ip, mac in present(nodes[0]).neighbours}
    assert known == {("10.1.77.7", server.mac)}


def test_a_server_that_is_gone_is_not_answered_for(pair, control, nodes):
    pair[1].delete()
    await_truth(control, nodes)
    assert present(nodes[0]).neighbours == set()


def test_answers_of_other_nodes_do_not_move_a_server_behind_the_vxlan(make, nodes, control):
    """They answer as well, in its name, what servers of one node ask each other."""
    asking, asked, _ = servers = [make(node) for node in (nodes[0], nodes[0], nodes[1])]
    for server in servers:
        server.plug()
        server.await_active()
    await_truth(control, nodes)
    for _ in range(5):
        asking.ip("neigh", "flush", "all")
        assert asking.pings(asked.address, "-s", "4000")
    learned = nodes[0].run("bridge", "fdb", "show", "dev", asked.tap).stdout
    assert asked.mac in learned


def test_ports_that_come_and_go_leave_the_bridge_what_it_knows(pair, make, control, nodes):
    """Without a MAC address of its own it takes the lowest of its ports', and forgets its neighbours."""
    another = make(pair[0].node)
    another.plug()
    another.await_active()
    another.node.ip("link", "set", another.tap, "address", "02:00:00:00:00:01")
    await_truth(control, nodes, seconds=5)
    another.delete()
    await_truth(control, nodes, seconds=5)

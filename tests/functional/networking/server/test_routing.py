"""Routers and DHCP servers on one node, for servers on others."""

from itertools import permutations

import pytest
from hosts import eventually

from server.cloud import Network

DISCOVER = """
import socket, struct, sys
mac, magic = bytes.fromhex(sys.argv[1].replace(":", "")), bytes([99, 130, 83, 99])
ask = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
ask.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
ask.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
ask.bind(("", 68))
ask.settimeout(10)
head = struct.pack("!4B4sHH16x16s192x", 1, 1, 6, 0, b"test", 0, 0x8000, mac)
ask.sendto(head + magic + bytes([53, 1, 1, 55, 2, 3, 26, 255]), ("255.255.255.255", 67))
offer = ask.recv(2048)
options, found = offer[240:], {}
while options[0] != 255:
    found[options[0]], options = options[2 : 2 + options[1]], options[2 + options[1] :]
print(socket.inet_ntoa(offer[16:20]), socket.inet_ntoa(found[3]), int.from_bytes(found[26], "big"))
"""


@pytest.fixture(scope="module", autouse=True)
def network_node(nodes, neutron):
    """The node that the L3 and the DHCP agent run on."""
    for kind in ("l3", "dhcp"):
        nodes[0].start_agent(kind)
    for kind in ("L3 agent", "DHCP agent"):
        nodes[0].await_agent(neutron, kind)
    yield
    for kind in ("l3", "dhcp"):
        nodes[0].end_agent(kind=kind)


@pytest.fixture
def other_network(neutron):
    made = Network(neutron, 2)
    yield made
    made.delete()


@pytest.fixture
def router(neutron, network, other_network):
    """A router between two networks, wired."""
    made = neutron.create("router", name="router")["id"]
    subnets = [subnet for joined in (network, other_network) for subnet in (joined.subnet, joined.subnet6)]
    for subnet in subnets:
        neutron.act("router", made, "add_router_interface", subnet_id=subnet)

    def wired() -> bool:
        ports = neutron.list("port", device_id=made)
        return len(ports) == 4 and all(port["status"] == "ACTIVE" for port in ports)

    eventually(wired, "the router is wired", 120)
    yield made
    for subnet in subnets:
        neutron.act("router", made, "remove_router_interface", subnet_id=subnet)
    neutron.delete("router", made)


@pytest.fixture
def pair(router, other_network, make, nodes):  # noqa: ARG001
    """Servers on two nodes, each in a network of its own; of itself the router tells by IPv6 only."""
    made = [make(nodes[1]), make(nodes[2], network=other_network)]
    for server in made:
        server.plug()
        server.await_active()
        server.ip("route", "add", "default", "via", f"{server.address.rsplit('.', 2)[0]}.0.1")
    for one, other in permutations(made):
        for address in other.addresses:
            eventually(lambda one=one, to=address: one.pings(to), f"{one.name} reaches {address}", 30)
    return made


def test_servers_of_two_networks_reach_each_other_through_their_router(pair):
    one, other = pair
    for size in ([], ["-M", "do", "-s", str(1450 - 28)], ["-M", "dont", "-s", "4000"]):
        assert one.pings(other.address, *size), size
        assert other.pings(one.address, *size), size
    for size in ([], ["-M", "do", "-s", str(1450 - 48)], ["-M", "dont", "-s", "4000"]):
        assert one.pings(other.address6, *size), size
        assert other.pings(one.address6, *size), size


def test_dhcp_offers_the_ports_address_and_the_networks_mtu(neutron, boot, nodes, network):
    neutron.update("subnet", network.subnet, enable_dhcp=True)

    def served() -> bool:
        ports = neutron.list("port", network_id=network.id, device_owner="network:dhcp")
        return any(port["status"] == "ACTIVE" for port in ports)

    eventually(served, "the network's DHCP server is wired", 120)
    server = boot(nodes[2])
    offered = server.run("python3", "-c", DISCOVER, server.mac).stdout.split()
    assert offered == [server.address, "10.1.0.1", "1450"]
    neutron.update("subnet", network.subnet, enable_dhcp=False)

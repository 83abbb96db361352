"""Devices are closed until their rules stand, stay what they are over the agent's end, and open as far as told."""

import itertools

import pytest
from forgeries import FORGERIES, HIDDEN, SOMEBODY_ELSE, Forgery, udp
from frames import received, send, wire
from hosts import ALLOW_ALL, BRIDGE, NETWORK, VXLAN, Server, eventually
from scapy.layers.inet import IP
from scapy.layers.l2 import Ether

NUMBERS = itertools.count()
BY_NAME = {forgery.name: forgery for forgery in FORGERIES}
LLDP = "01:80:c2:00:00:0e"


def arrives(forgery: Forgery, sender: Server, to: Server) -> bool:
    """Tell whether a forged packet arrives; the honest one after it does in any case."""
    attempt = forgery.attempt(sender, to, next(NUMBERS))
    with wire(to) as ear, wire(sender) as mouth:
        send(mouth, attempt.frames)
        return any(attempt.forged in frame for frame in received(ear, last=attempt.honest))


def behind(server: Server, mac: str) -> list[str]:
    """Return the devices that a server's host has a MAC address behind."""
    lines = server.host.run("bridge", "fdb", "show", "br", BRIDGE).stdout.splitlines()
    return [line.split()[2] for line in lines if line.startswith(mac) and "permanent" not in line]


@pytest.fixture
def newcomer(servers):
    """A server beside the first, whose device has no rules yet."""
    server = Server("newcomer", 0x21, servers[0].host)
    yield server
    server.delete()
    server.host.ask("tidy")


def dropped(host, chain):
    """Return how many frames a chain dropped by its rules that count."""
    shown = host.run("nft", "list", "chain", "bridge", "linuxbridge", chain).stdout.split()
    return sum(int(shown[at + 1]) for at, word in enumerate(shown) if word == "packets")


def test_a_device_without_rules_sends_and_gets_nothing(servers, newcomer):
    """It floods from before it is put into its bridge by somebody else than the agent."""
    first = servers[0]
    flood = newcomer.start("ping", "-f", "-b", "-I", "eth0", "192.168.35.255")
    try:
        with wire(first) as neighbour, wire(newcomer) as stranger:
            newcomer.host.ip("link", "set", newcomer.tap, "master", BRIDGE)
            eventually(lambda: dropped(first.host, "from_port") > 100, "the flood is dropped")
            before = dropped(first.host, "to_port")
            first.run("ping", "-c3", "-i0.2", "-W1", "-b", "192.168.35.255", check=False)
            eventually(lambda: dropped(first.host, "to_port") > before, "nothing is delivered")
            neighbour.setblocking(False)
            stranger.setblocking(False)
            assert not [frame for frame in drained(neighbour) if frame[6:12].hex(":") == newcomer.mac]
            assert not [frame for frame in drained(stranger) if frame[6:12].hex(":") == first.mac]
            assert behind(first, newcomer.mac) == []
            first.host.ask("protect", port=newcomer.port, rules=ALLOW_ALL)
            neighbour.setblocking(True)
            received(neighbour, last=bytes.fromhex(newcomer.mac.replace(":", "")))
    finally:
        flood.kill()
        flood.communicate()


def drained(opened):
    frames = []
    while True:
        try:
            frames.append(opened.recv(65536))
        except BlockingIOError:
            return frames


@pytest.mark.parametrize("to", ["ff:ff:ff:ff:ff:ff", LLDP])
def test_nobody_attracts_anothers_frames(servers, newcomer, to):
    """Forged frames are dropped before the bridge learns from them."""
    first, second, _ = servers
    first.host.ask("protect", port=newcomer.port, rules=ALLOW_ALL)
    assert first.host.ask("plug", network=NETWORK, device=newcomer.tap, **VXLAN)
    assert first.pings(newcomer.address)
    assert behind(first, first.mac) == [first.tap]

    def is_behind_newcomer(*, secure):
        first.host.ask("protect", port={**newcomer.port, "port_security_enabled": secure}, rules=ALLOW_ALL)
        with wire(newcomer) as mouth, wire(second) as ear:
            body = IP(src=newcomer.address, dst=second.address) / udp(b"follow")
            send(mouth, [Ether(src=first.mac, dst=to) / body])
            send(mouth, [Ether(src=newcomer.mac, dst=second.mac) / body])
            received(ear, last=b"follow")
        return behind(first, first.mac) == [newcomer.tap]

    assert not is_behind_newcomer(secure=True)
    # With each question that its own kernel asks its neighbours, the first one is where it was before.
    eventually(lambda: is_behind_newcomer(secure=False), "without port security the bridge learns")


@pytest.mark.parametrize("secure", [True, False])
def test_nothing_hides_behind_a_fragment_that_nobody_reassembles(servers, secure):
    first, second, _ = servers
    for host in (first.host, second.host):
        host.ip("link", "set", BRIDGE, "type", "bridge", "nf_call_ip6tables", "0")
    first.host.ask("protect", port={**first.port, "port_security_enabled": secure}, rules=ALLOW_ALL)
    assert arrives(HIDDEN, first, second) is not secure


def test_the_host_is_out_of_its_servers_reach(servers):
    first = servers[0]
    first.ip("route", "add", first.host.address, "dev", "eth0")
    assert not first.pings(first.host.address), "ARP"
    bridge = first.host.run("cat", f"/sys/class/net/{BRIDGE}/address").stdout.strip()
    first.ip("neigh", "replace", first.host.address, "lladdr", bridge, "dev", "eth0")
    received_before = echo_requests(first.host)
    assert not first.pings(first.host.address), "IP"
    assert echo_requests(first.host) == received_before


def echo_requests(host):
    """Return how many pings a host got."""
    names, values = (line.split() for line in host.run("cat", "/proc/net/snmp").stdout.splitlines()
                     if line.startswith("Icmp:"))  # fmt: skip
    return int(values[names.index("InEchos")])


def test_address_pairs_open_what_they_name_and_no_more(servers):
    """While the server runs; and no longer than they are there."""
    first, second, _ = servers
    pair = {"mac_address": first.mac, "ip_address": SOMEBODY_ELSE.ip}
    pair6 = {"mac_address": first.mac, "ip_address": SOMEBODY_ELSE.ip6}
    mac = {"mac_address": SOMEBODY_ELSE.mac, "ip_address": first.address}
    foreign_ip = BY_NAME["foreign IPv4 address"]
    foreign_ip6 = BY_NAME["ND advertisement for another's address"]
    foreign_mac = BY_NAME["foreign MAC address, IPv4"]
    arp = BY_NAME["gratuitous ARP for another's address"]
    for pairs, opened in (
        ([], set()),
        ([pair], {foreign_ip, arp}),
        ([pair6], {foreign_ip6}),
        ([mac], {foreign_mac}),
        ([{**pair, "ip_address": "192.168.35.64/30"}], {foreign_ip, arp}),
        ([{**pair, "ip_address": "192.168.35.68/30"}], set()),
        ([], set()),
    ):
        first.host.ask("protect", port={**first.port, "allowed_address_pairs": pairs}, rules=ALLOW_ALL)
        arrived = {kind for kind in (foreign_ip, foreign_ip6, foreign_mac, arp) if arrives(kind, first, second)}
        assert {kind.name for kind in arrived} == {kind.name for kind in opened}, pairs


def test_a_running_flow_loses_nothing_while_the_agent_is_killed_and_replaced(servers):
    """And the server that it is of is held to its own addresses all the time."""
    first, second, _ = servers
    flow = first.flow(second.address)
    forged = BY_NAME["foreign IPv4 address"]
    assert not arrives(forged, first, second)
    first.host.kill_agent()
    assert not arrives(forged, first, second)
    first.host.start_agent()
    first.host.wait_for_agent()
    assert not arrives(forged, first, second), "before the new agent knows of the port"
    first.host.ask("protect", port=first.port, rules=ALLOW_ALL)
    assert first.host.ask("plug", network=NETWORK, device=first.tap, **VXLAN)
    assert not arrives(forged, first, second)
    sent, lost = flow.end()
    assert sent
    assert lost == 0


@pytest.mark.parametrize("how", ["delete", "flush"])
def test_rules_that_somebody_flushed_come_back_without_a_gap(servers, how):
    first, second, _ = servers
    forged = BY_NAME["ARP reply for another's address"]
    flow = first.flow(second.address)
    first.host.run("nft", how, "table", "bridge", "linuxbridge")
    assert arrives(forged, first, second)
    assert first.host.ask("close_by_default") == [first.tap]
    first.host.ask("protect", port=first.port, rules=ALLOW_ALL)
    assert not arrives(forged, first, second)
    sent, lost = flow.end()
    assert sent
    assert lost == 0


def test_a_device_whose_rules_somebody_flushed_is_closed_until_they_are_back(servers):
    first, second, _ = servers
    first.host.run("nft", "flush", "chain", "bridge", "linuxbridge", first.tap)
    assert not first.pings(second.address)
    assert first.host.ask("close_by_default") == [first.tap]
    first.host.ask("protect", port=first.port, rules=ALLOW_ALL)
    assert first.pings(second.address)


def test_an_earlier_agents_way_to_a_devices_rules_is_replaced_without_a_gap(servers):
    first, second, _ = servers
    flow = first.flow(second.address)
    element = f"element bridge linuxbridge senders {{ {first.tap}"
    first.host.run("nft", f"delete {element} }}; add {element} : goto {first.tap} }}")
    assert first.host.ask("close_by_default") == []
    sent, lost = flow.end()
    assert sent
    assert lost == 0
    first.host.run("nft", "flush", "chain", "bridge", "linuxbridge", first.tap)
    assert not first.pings(second.address)


def test_a_device_whose_port_was_deleted_is_closed_also_to_a_firewall_that_trusts_it(servers, newcomer):
    """As the firewall of a new agent does with devices that the server does not tell it of."""
    first = servers[0]
    flow = first.flow(servers[1].address)
    first.host.ask("protect", port=newcomer.port, rules=ALLOW_ALL)
    assert first.host.ask("plug", network=NETWORK, device=newcomer.tap, **VXLAN)
    assert first.pings(newcomer.address)
    first.host.ask("trust", device=newcomer.tap)
    first.host.ask("close", device=newcomer.tap)
    with wire(first) as neighbour, wire(newcomer) as deleted:
        newcomer.run("ping", "-c3", "-i0.2", "-W1", "-b", "192.168.35.255", check=False)
        first.run("ping", "-c3", "-i0.2", "-W1", "-b", "192.168.35.255", check=False)
        neighbour.setblocking(False)
        deleted.setblocking(False)
        assert not [frame for frame in drained(neighbour) if frame[6:12].hex(":") == newcomer.mac]
        assert drained(deleted) == []
    assert first.host.ask("misplaced") == []
    sent, lost = flow.end()
    assert sent
    assert lost == 0


def test_the_hosts_own_traffic_on_a_mapped_bridge_is_left_alone(underlay):
    host = underlay[0]
    own = Server("own", 0x31, host)
    host.ip("link", "set", own.tap, "down")
    host.ip("link", "set", own.tap, "name", "tap0")
    host.ip("link", "set", "tap0", "up", "master", "br-ex")
    try:
        host.ask("tidy")
        own.ip("addr", "add", "192.0.2.31/24", "dev", "eth0")
        assert own.pings("192.0.2.1")
        own.ip("link", "set", "eth0", "address", "fa:16:3e:00:00:66")
        assert own.pings("192.0.2.1")
    finally:
        own.tap = "tap0"
        own.delete()
        host.ask("tidy")
    assert "tap0" not in host.run("nft", "list", "table", "bridge", "linuxbridge").stdout


def test_one_port_of_200_is_updated_in_milliseconds(underlay):
    """However many there are: only its own rules are written."""
    milliseconds = underlay[2].ask("milliseconds_to_protect", ports=[1, 200])
    assert milliseconds[1] < 3 * milliseconds[0] + 20, milliseconds

"""Security groups and address checks on bridged frames, on hosts whose sysctls leave those unfiltered."""

from collections.abc import Iterator

import pytest
from hosts import ALLOW_ALL, NETWORK, VXLAN, Server, eventually

EGRESS = [{"direction": "egress", "ethertype": version} for version in ("IPv4", "IPv6")]
PING = [{"direction": "ingress", "ethertype": "IPv4", "protocol": "icmp"}]


@pytest.fixture
def beside(servers) -> Iterator[Server]:
    """A server beside the second one, in the same network, that nothing gets in to but answers."""
    host = servers[1].host
    server = Server("beside", 7, host)
    host.ask("protect", port={**server.port, "security_groups": ["closed"]}, rules=EGRESS)
    assert host.ask("plug", network=NETWORK, device=server.tap, **VXLAN)
    yield server
    server.delete()


def test_a_closed_port_is_closed_opens_and_closes_again(servers):
    first, second, _ = servers
    for rules, answers in ((EGRESS, False), (EGRESS + PING, True), (EGRESS, False)):
        second.host.ask("protect", port=second.port, rules=rules)
        assert first.pings(second.address) is answers


def test_a_connection_ends_that_a_check_finds_forbidden(servers):
    first, second, _ = servers
    second.host.ask("protect", port=second.port, rules=EGRESS + PING)
    pings = first.start("ping", "-i", "0.2", second.address)
    try:
        eventually(lambda: is_tracked(second), "the connection is known")
        second.host.ask("catch_up", port=second.port, rules=EGRESS)
        eventually(lambda: not is_tracked(second), "the connection has ended")
    finally:
        pings.kill()
        pings.communicate()


def test_a_connection_ends_whose_prefix_leaves_an_address_group(servers):
    first, second, _ = servers
    port = {**second.port, "security_group_remote_address_groups": ["offices"]}
    rules = [*EGRESS, {**PING[0], "remote_address_group_id": "offices"}]
    within, beyond = "192.168.35.0/24", "192.0.2.0/24"
    second.host.ask("protect", port=port, rules=rules, members={"offices": [within, beyond]})
    pings = first.start("ping", "-i", "0.2", second.address)
    try:
        eventually(lambda: is_tracked(second), "the connection is known")
        second.host.ask("protect", port=port, rules=rules, members={"offices": [beyond]})
        eventually(lambda: not is_tracked(second), "the connection has ended")
    finally:
        pings.kill()
        pings.communicate()


@pytest.mark.usefixtures("beside")
def test_a_connection_ends_when_port_security_is_switched_on(servers):
    first, second, _ = servers
    second.host.ask("protect", port={**second.port, "port_security_enabled": False}, rules=EGRESS)
    pings = first.start("ping", "-i", "0.2", second.address)
    try:
        eventually(lambda: is_tracked(second), "the connection is known")
        second.host.ask("protect", port=second.port, rules=EGRESS)
        eventually(lambda: not is_tracked(second), "the connection has ended")
    finally:
        pings.kill()
        pings.communicate()


def is_tracked(server: Server) -> bool:
    known = server.host.run("conntrack", "-L", "-p", "icmp", "-d", server.address, check=False)
    return server.address in known.stdout


def test_answers_come_back_to_who_asked(servers):
    first, second, _ = servers
    second.host.ask("protect", port=second.port, rules=EGRESS)
    assert second.pings(first.address)
    assert second.pings(first.address6)


def test_a_stateless_group_keeps_no_answers_from_others(servers, beside):
    first, second, _ = servers
    stateless = [{**rule, "stateful": False} for rule in ALLOW_ALL]
    second.host.ask("protect", port=second.port, rules=stateless)
    assert beside.pings(first.address)
    assert beside.pings(first.address6)
    assert not first.pings(beside.address)


def test_a_server_cannot_take_anothers_address(servers):
    first, second, _ = servers
    assert first.pings(second.address)  # so that it needs not ask by ARP, in the name of the other address
    first.ip("addr", "add", "192.168.35.66/24", "dev", "eth0")
    assert not first.pings(second.address, "-I", "192.168.35.66")
    assert first.pings(second.address)


def test_a_server_cannot_take_anothers_mac_address(servers):
    first, second, _ = servers
    assert first.pings(second.address)
    first.ip("link", "set", "eth0", "address", "fa:16:3e:00:00:66")
    assert not first.pings(second.address)


def hears_udp(listener, sender, to, source=0):
    """Tell whether a server hears a datagram that another sends to one of its ports."""
    hear = f"s.bind(('', {to})); s.settimeout(2); print('ready', flush=True); print(s.recv(99))"
    heard = listener.start("python3", "-c", _SOCKET + hear)
    assert heard.stdout.readline() == "ready\n"
    send = f"s.bind(('', {source})); s.sendto(b'hello', ('{listener.address}', {to}))"
    sender.run("python3", "-c", _SOCKET + send)
    output, error = heard.communicate()
    assert ("hello" in output) is not ("timed out" in error), error
    return "hello" in output


_SOCKET = "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "


def test_a_server_cannot_play_dhcp_server(servers):
    first, second, _ = servers
    assert hears_udp(second, first, to=6868, source=6767)
    assert not hears_udp(second, first, to=68, source=67)


def test_the_rules_of_a_port_stand_before_it_is_plugged(underlay):
    host = underlay[0]
    server = Server("ruled", 5, host)
    try:
        host.ask("protect", port=server.port, rules=EGRESS)
        assert server.tap in host.run("iptables", "-S").stdout
        assert "master" not in host.ip("-o", "link", "show", server.tap)
    finally:
        server.delete()

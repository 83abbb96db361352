"""Packets as large as the network's MTU pass whole, larger ones do not, on the way there is no third size."""

import pytest
from hosts import ALLOW_ALL, BRIDGE, NETWORK, VNI, VXLAN, Host, Namespace, Server, announce

JUMBO_UNDERLAY = 9000
OVERHEAD = 50
HEADERS = {4: 20 + 8, 6: 40 + 8}  # of IP and ICMP
DEVICES = (BRIDGE, f"vxlan-{VNI}")


@pytest.fixture
def jumbo(underlay: list[Host], switch: Namespace):
    """Two servers in a network with all of the MTU that an underlay of 9000 leaves."""
    set_underlay_mtu(underlay, switch, JUMBO_UNDERLAY)
    mtu = JUMBO_UNDERLAY - OVERHEAD
    made = [
        Server(f"jumbo{number}", number, host, mtu) for number, host in zip((31, 32), underlay, strict=False)
    ]
    for server in made:
        server.host.ask("protect", port=server.port, rules=ALLOW_ALL)
        assert server.host.ask("plug", network=NETWORK, device=server.tap, mtu=mtu, **VXLAN)
    for server in made:
        announce(server, underlay)
    yield made
    for server in made:
        server.delete()
        server.host.ask("tidy")
    set_underlay_mtu(underlay, switch, 1500)


def set_underlay_mtu(hosts: list[Host], switch: Namespace, mtu: int) -> None:
    for number, host in enumerate(hosts, start=1):
        switch.ip("link", "set", f"port{number}", "mtu", str(mtu))
        host.ip("link", "set", "eth0", "mtu", str(mtu))
    switch.ip("link", "set", "switch", "mtu", str(mtu))


def passes(sender: Server, receiver: Server, size: int, version: int) -> bool:
    """Tell whether an IP packet of that many bytes reaches a server and comes back, never fragmented."""
    address = receiver.address if version == 4 else receiver.address6
    return sender.pings(address, "-M", "do", "-s", str(size - HEADERS[version]))


def outer_fragments(host: Host) -> int:
    """How many pieces the host had to cut its VXLAN packets into."""
    names, values = (
        line.split()
        for line in host.run("cat", "/proc/net/snmp").stdout.splitlines()
        if line.startswith("Ip:")
    )
    return int(dict(zip(names, values, strict=True))["FragCreates"])


def mtus(server: Server) -> set[str]:
    """The MTUs of all that a server's packets pass on its host."""
    shown = [server.host.ip("-o", "link", "show", device) for device in (server.tap, *DEVICES)]
    return {line.split(" mtu ")[1].split()[0] for line in shown}


@pytest.mark.parametrize("version", [4, 6])
def test_what_fits_passes_and_what_does_not_is_stopped_at_the_server(servers, version):
    first, second, _ = servers
    assert passes(first, second, 1450, version)
    assert not passes(first, second, 1451, version)
    assert outer_fragments(first.host) == 0


@pytest.mark.parametrize("version", [4, 6])
def test_a_jumbo_underlay_carries_jumbo_packets(jumbo, version):
    first, second = jumbo
    before = outer_fragments(first.host)
    assert passes(first, second, 8950, version)
    assert not passes(first, second, 8951, version)
    assert outer_fragments(first.host) == before


def test_every_device_on_the_way_has_the_networks_mtu(servers):
    assert {frozenset(mtus(server)) for server in servers} == {frozenset({"1450"})}


def test_a_living_network_gets_another_mtu(servers):
    """As when its MTU is updated: the agent looks at all ports of the network again."""
    first, second, _ = servers
    for mtu in (1300, 1450):
        for server in (first, second):
            assert server.host.ask("plug", network=NETWORK, device=server.tap, mtu=mtu, **VXLAN)
            assert mtus(server) == {str(mtu)}
            server.ip("link", "set", "eth0", "mtu", str(mtu))  # as DHCP tells the server
        assert passes(first, second, mtu, 4)
        assert not passes(first, second, mtu + 1, 4)


def test_a_server_that_ignores_the_mtu_harms_nobody_else(servers):
    """Its own large packets are lost on its host, where they would not fit; nothing is cut."""
    first, second, third = servers
    first.ip("link", "set", "eth0", "mtu", "1500")
    before = outer_fragments(first.host)
    assert not passes(first, second, 1500, 4)
    assert outer_fragments(first.host) == before
    assert passes(third, second, 1450, 4)

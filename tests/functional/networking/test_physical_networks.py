"""Flat and VLAN networks, and the devices of routers and DHCP servers."""

import pytest
from hosts import ALLOW_ALL, BRIDGE, NETWORK, VXLAN, Host, Namespace, Server, sh

PORT = "abcdefab-cdef-4962-8a51-98abd4946767"
TAP = "tapabcdefab-cd"


@pytest.fixture
def host(underlay: list[Host]):
    yield underlay[0]
    underlay[0].ask("tidy")


@pytest.fixture
def gateway(host: Host):
    """A router's external port, up to where the agent takes over."""
    namespace = Namespace("router")
    plug = {"network_id": NETWORK, "port_id": PORT, "device_name": "qg-abcdefab-cd", "prefix": "qg-"}
    host.ask("plug_service", mac_address="fa:16:3e:00:00:77", namespace=namespace.name, mtu=1500, **plug)
    namespace.ip("addr", "add", "192.0.2.7/24", "dev", "qg-abcdefab-cd")
    yield namespace
    host.ask("unplug_service", device_name="qg-abcdefab-cd", namespace=namespace.name, prefix="qg-")
    assert not host.has(TAP)
    namespace.delete()


def test_a_routers_gateway_reaches_the_outside_through_the_hosts_bridge(host, gateway):
    host.ask("trust", device=TAP)
    assert host.ask(
        "plug", network=NETWORK, device=TAP, network_type="flat", physical_network="outside", mtu=1500
    )
    assert not host.has(BRIDGE)
    assert gateway.run("ping", "-c1", "-W2", "192.0.2.1").returncode == 0


def test_a_gateways_device_is_whole_from_the_start(gateway):
    shown = gateway.ip("link", "show", "qg-abcdefab-cd")
    assert "fa:16:3e:00:00:77" in shown
    assert "mtu 1500" in shown


def test_making_it_again_leaves_it_alone(host, gateway):
    again = {"network_id": NETWORK, "port_id": PORT, "device_name": "qg-abcdefab-cd", "prefix": "qg-"}
    host.ask("plug_service", mac_address="fa:16:3e:00:00:77", namespace=gateway.name, mtu=1400, **again)
    assert "192.0.2.7/24" in gateway.ip("addr", "show", "qg-abcdefab-cd")
    assert "mtu 1400" in gateway.ip("link", "show", "qg-abcdefab-cd")
    assert "mtu 1400" in host.ip("link", "show", TAP)


def test_the_end_that_a_lost_namespace_left_is_replaced(host, gateway):
    """The namespace lives on without its name; its devices are still there."""
    lost = Namespace("lost")
    try:
        plug = {"network_id": NETWORK, "port_id": PORT, "device_name": "qg-abcdefab-cd", "prefix": "qg-"}
        host.ask("plug_service", mac_address="fa:16:3e:00:00:77", namespace=lost.name, mtu=1500, **plug)
        assert lost.has("qg-abcdefab-cd")
        assert not gateway.has("qg-abcdefab-cd")
    finally:
        lost.delete()


def test_an_interface_with_addresses_is_not_cut_off(host):
    server = Server("flat", 8, host)
    try:
        plugged = host.ask(
            "plug", network=NETWORK, device=server.tap, network_type="flat", physical_network="underlay"
        )
        assert plugged is False
        assert "master" not in host.ip("-o", "link", "show", "eth0")
    finally:
        server.delete()


@pytest.fixture
def rack(host: Host):
    """An interface that is mapped to a physical network of its own."""
    host.ip("link", "add", "eth1", "type", "veth", "peer", "name", "rack")
    server = Server("flat", 8, host)
    yield {"network": NETWORK, "device": server.tap, "network_type": "flat", "physical_network": "rack"}
    server.delete()
    host.ask("tidy")
    assert host.has("eth1"), "the interface is the host's own"
    host.ip("link", "del", "eth1")


def test_an_interface_is_put_back_into_the_bridge_of_its_network(host, rack):
    assert host.ask("plug", **rack)
    assert host.ask("misplaced") == []
    host.ip("link", "set", "eth1", "nomaster")
    assert host.ask("misplaced") == [rack["device"]]
    assert host.ask("plug", **rack)
    assert f"master {BRIDGE}" in host.ip("-o", "link", "show", "eth1")


def test_an_interface_in_another_bridge_stays_there(host, rack):
    host.ip("link", "set", "eth1", "master", "br-ex")
    assert host.ask("plug", **rack) is False
    assert "master br-ex" in host.ip("-o", "link", "show", "eth1")


def test_servers_on_a_vlan_meet_on_the_wire(underlay):
    if sh(
        "ip", "link", "add", "link", "lo", "name", "lbtest-vlan", "type", "vlan", "id", "1", check=False
    ).returncode:
        pytest.skip("this kernel has no 802.1Q")
    sh("ip", "link", "del", "lbtest-vlan")
    pair = [
        Server(f"vlan{number}", number, host, mtu=1496)
        for number, host in zip((11, 12), underlay, strict=False)
    ]
    try:
        for server in pair:
            segment = {
                "network_type": "vlan",
                "physical_network": "underlay",
                "segmentation_id": 42,
                "mtu": 1496,
            }
            server.host.ask("protect", port=server.port, rules=ALLOW_ALL)
            assert server.host.ask("plug", network=NETWORK, device=server.tap, **segment)
            assert server.host.has("eth0.42")
        assert pair[0].pings(pair[1].address)
    finally:
        for server in pair:
            server.delete()
            server.host.ask("tidy")
            assert not server.host.has("eth0.42")


def test_a_network_keeps_its_bridge_while_a_service_uses_it(host):
    namespace = Namespace("dhcp")
    plug = {"network_id": NETWORK, "port_id": PORT, "device_name": "ns-abcdefab-cd"}
    host.ask("plug_service", mac_address="fa:16:3e:00:00:78", namespace=namespace.name, mtu=1450, **plug)
    assert host.ask("plug", network=NETWORK, device=TAP, **VXLAN)
    host.ask("tidy")
    assert host.has(BRIDGE)
    host.ask("unplug_service", device_name="ns-abcdefab-cd", namespace=namespace.name)
    host.ask("tidy")
    assert not host.has(BRIDGE)
    namespace.delete()

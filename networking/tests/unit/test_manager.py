from types import SimpleNamespace

import pytest
from fakes import Links, Protection
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import manager as manager_module
from networking_linuxbridge import networks as networks_module
from networking_linuxbridge.forwarding import Forwarding
from networking_linuxbridge.manager import LinuxBridgeManager
from networking_linuxbridge.networks import Networks

NETWORK = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"
BRIDGE = "brqaaaaaaaa-bb"
TAP = "tap11111111-22"
OTHER_TAP = "tap33333333-44"


@pytest.fixture
def links(monkeypatch):
    fake = Links(TAP, OTHER_TAP, "eth1", "tap0", bridges=["br-ex"])
    monkeypatch.setattr(manager_module, "links", fake)
    monkeypatch.setattr(networks_module, "links", fake)
    return fake


@pytest.fixture
def protection(monkeypatch):
    fake = Protection()
    monkeypatch.setattr(manager_module, "protection", fake)
    return fake


@pytest.fixture
def doubts():
    return []


@pytest.fixture
def manager(links, protection, doubts):
    forwarding = Forwarding("host", "10.0.0.1")
    forwarding.doubt = lambda *doubt: doubts.append(doubt)
    networks = Networks("10.0.0.1", 4789, {"outside": "br-ex"}, {"rack": "eth1"})
    manager = LinuxBridgeManager(networks, forwarding)
    manager.close_by_default()
    return manager


def plug(manager, device=TAP, **segment):
    known = {"network_type": "vxlan", "physical_network": None, "segmentation_id": 7, "mtu": 1450, **segment}
    return manager.plug_interface(NETWORK, SimpleNamespace(**known), device, "compute:nova")


def test_a_port_of_a_vxlan_network_is_joined_to_the_other_hosts(manager, links, doubts):
    assert plug(manager)
    assert links.bridge_of(TAP) == links.bridge_of("vxlan-7") == BRIDGE
    assert links.mtus == {BRIDGE: 1450, "vxlan-7": 1450, TAP: 1450}
    assert links.told == {"vxlan-7"}
    assert doubts == [(7, NETWORK)], "the forwarding table of a new VXLAN device is empty"


def test_the_second_port_finds_everything_there(manager, links, doubts):
    assert plug(manager)
    assert plug(manager, OTHER_TAP)
    assert links.ports_of(BRIDGE) == [TAP, OTHER_TAP, "vxlan-7"]
    assert len(doubts) == 1


def test_a_port_of_a_mapped_flat_network_goes_straight_into_the_hosts_bridge(manager, links):
    assert plug(manager, network_type="flat", physical_network="outside", segmentation_id=None, mtu=1500)
    assert links.bridge_of(TAP) == "br-ex"
    assert links.filtered == {"br-ex"}
    assert not links.exists(BRIDGE)


@pytest.mark.parametrize(
    ("filters", "filtered"), [(True, {"br-ex", BRIDGE}), (False, set())], ids=["firewall", "no firewall"]
)
def test_iptables_judges_what_bridges_forward_only_for_a_firewall(links, protection, filters, filtered):
    networks = Networks("10.0.0.1", 4789, {"outside": "br-ex"}, {}, filters)
    manager = LinuxBridgeManager(networks, Forwarding("host", "10.0.0.1"))
    assert plug(manager)
    assert plug(manager, OTHER_TAP, network_type="flat", physical_network="outside")
    assert links.filtered == filtered


def test_a_flat_network_takes_an_interface(manager, links):
    assert plug(manager, network_type="flat", physical_network="rack", segmentation_id=None)
    assert links.bridge_of("eth1") == BRIDGE


def test_an_interface_with_addresses_is_not_taken(manager, links, caplog):
    links.addressed.add("eth1")
    assert not plug(manager, network_type="flat", physical_network="rack", segmentation_id=None)
    assert links.bridge_of("eth1") is None
    assert "bridge_mappings" in caplog.text


def test_an_interface_that_works_in_another_bridge_is_left_there(manager, links, caplog):
    links.attach("eth1", "br-ex")
    assert not plug(manager, network_type="flat", physical_network="rack", segmentation_id=None)
    assert links.bridge_of("eth1") == "br-ex"
    assert "interface eth1 is in the bridge br-ex" in caplog.text


def test_an_interface_moves_from_the_bridge_of_a_network_that_is_gone(manager, links):
    links.add_bridge("brq00000000-00", 1500)
    links.attach("eth1", "brq00000000-00")
    assert plug(manager, network_type="flat", physical_network="rack", segmentation_id=None)
    assert links.bridge_of("eth1") == BRIDGE


def test_a_vlan_device_that_the_host_uses_itself_is_left_alone(manager, links, caplog):
    links.add_vlan("eth1.9", "eth1", 9, 1500)
    links.addressed.add("eth1.9")
    assert not plug(manager, network_type="vlan", physical_network="rack", segmentation_id=9)
    assert links.bridge_of("eth1.9") is None
    assert "eth1.9 has addresses" in caplog.text


def test_a_vlan_network_gets_a_vlan_device(manager, links):
    assert plug(manager, network_type="vlan", physical_network="rack", segmentation_id=9)
    assert links.bridge_of("eth1.9") == BRIDGE


def test_a_vlan_network_may_be_on_a_mapped_bridge(manager, links):
    assert plug(manager, network_type="vlan", physical_network="outside", segmentation_id=9)
    assert links.bridge_of("br-ex.9") == BRIDGE


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        ({"network_type": "vlan", "physical_network": "moon", "segmentation_id": 9}, "physical network moon"),
        ({"network_type": "geneve"}, "type geneve"),
    ],
)
def test_what_cannot_be_had_is_said_and_the_port_is_down(manager, caplog, segment, reason):
    assert not plug(manager, **segment)
    assert reason in caplog.text
    assert manager.misplaced() == set(), "trying it over and over would not help"


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        ({"mtu": 1500}, "up to 1550 bytes on eth0, whose MTU is 1500"),
        (
            {"network_type": "vlan", "physical_network": "rack", "segmentation_id": 9},
            "up to 1501 bytes on eth1",
        ),
        ({"network_type": "flat", "physical_network": "rack"}, "up to 1501 bytes on eth1"),
        ({"network_type": "flat", "physical_network": "outside"}, "up to 1501 bytes on br-ex"),
    ],
)
def test_packets_too_large_for_the_wire_are_warned_of(manager, links, caplog, segment, said):
    links.devices_of["10.0.0.1"] = "eth0"
    assert plug(manager, **({"mtu": 1501} | segment))
    assert said in caplog.text


def test_packets_that_fit_are_no_matter(manager, links, caplog):
    links.devices_of["10.0.0.1"] = "eth0"
    assert plug(manager, mtu=1450)
    assert plug(manager, OTHER_TAP, network_type="flat", physical_network="outside", mtu=1500)
    assert "MTU" not in caplog.text


def test_a_device_without_a_port_is_closed_and_left_alone(manager, links, protection):
    protection.protect(TAP, {})
    plug(manager)
    manager.ensure_port_admin_state(TAP, True)
    manager.unwired.add(TAP)
    manager.close(TAP)
    assert TAP not in protection.devices()
    assert links.bridge_of(TAP) == BRIDGE
    links.attach(TAP, None)
    assert manager.misplaced() == manager.up == manager.unwired == manager.close_by_default() == set()


def test_it_is_heard_that_a_port_was_deleted(manager):
    assert ["port", "delete"] in manager.get_rpc_consumers()


def test_the_hosts_tunnels_are_protected(manager, protection):
    assert protection.tunnels == ("10.0.0.1", 4789)


def test_a_host_without_a_vxlan_address_takes_no_part(links, caplog):
    alone = LinuxBridgeManager(Networks(None, 4789, {}, {}), Forwarding("host", None))
    assert not plug(alone)
    assert "local_ip" in caplog.text
    assert alone.get_agent_configurations()["tunnel_types"] == []


def test_a_refusal_of_the_kernel_is_said(manager, links, monkeypatch, caplog):
    def refused(*_):
        raise NetlinkError(95, "Operation not supported")

    monkeypatch.setattr(links, "add_vlan", refused)
    assert not plug(manager, network_type="vlan", physical_network="rack", segmentation_id=9)
    assert "Operation not supported" in caplog.text
    assert manager.unwired == {TAP}, "it is tried again"
    monkeypatch.undo()
    links.delete(TAP)
    manager.tidy()
    assert manager.unwired == set()


def test_what_could_not_be_plugged_at_first_is_wired_in_the_end(manager, links, monkeypatch):
    with monkeypatch.context() as broken:

        def refused(*_):
            raise NetlinkError(16, "Device or resource busy")

        broken.setattr(links, "attach", refused)
        assert not plug(manager)
    assert manager.unwired == {TAP}
    assert plug(manager)
    assert manager.unwired == set()


def test_a_device_that_went_away_while_it_was_plugged_is_no_failure_of_the_host(manager, links, monkeypatch):
    def gone(*_):
        links.delete(TAP)
        raise NetlinkError(19, "No such device")

    monkeypatch.setattr(links, "set_mtu", lambda device, _mtu: gone() if device == TAP else None)
    with pytest.raises(NetlinkError):
        plug(manager)
    assert manager.unwired == set()


def test_a_port_that_was_taken_out_of_its_bridge_is_noticed(manager, links):
    plug(manager)
    assert manager.misplaced() == set()
    links.attach(TAP, None)
    assert manager.misplaced() == {TAP}


def test_a_port_that_was_cut_off_from_other_hosts_is_noticed(manager, links):
    plug(manager)
    links.delete("vxlan-7")
    assert manager.misplaced() == {TAP}
    plug(manager)
    assert links.bridge_of("vxlan-7") == BRIDGE
    assert manager.misplaced() == set()


@pytest.mark.parametrize(
    ("segment", "uplink"),
    [({"network_type": "flat"}, "eth1"), ({"network_type": "vlan", "segmentation_id": 9}, "eth1.9")],
)
def test_an_uplink_that_was_taken_out_of_its_bridge_is_put_back(manager, links, segment, uplink):
    segment |= {"physical_network": "rack"}
    plug(manager, **segment)
    assert manager.misplaced() == set()
    links.attach(uplink, None)
    assert manager.misplaced() == {TAP}
    assert plug(manager, **segment)
    assert links.bridge_of(uplink) == BRIDGE
    assert manager.misplaced() == set()


def test_a_missing_bridge_of_the_hosts_is_waited_for(manager, links):
    plug(manager, network_type="flat", physical_network="outside", segmentation_id=None)
    links.delete("br-ex")
    assert manager.misplaced() == set()
    links.add_bridge("br-ex", 1500)
    assert manager.misplaced() == {TAP}


def test_a_bridge_goes_with_its_last_port(manager, links):
    plug(manager)
    plug(manager, OTHER_TAP)
    links.delete(TAP)
    manager.tidy()
    assert links.exists(BRIDGE)
    links.delete(OTHER_TAP)
    manager.tidy()
    assert not links.exists(BRIDGE)
    assert not links.exists("vxlan-7")
    assert links.exists("br-ex")
    assert manager.bridge_of == {}


def test_an_interface_outlives_the_bridge_it_was_in(manager, links):
    plug(manager, network_type="flat", physical_network="rack", segmentation_id=None)
    links.delete(TAP)
    manager.tidy()
    assert links.bridge_of("eth1") is None
    assert links.exists("eth1")


@pytest.mark.parametrize(
    ("mapped", "vlan", "outlives"),
    [
        ("eth1", ("eth1.9", "eth1", 9), False),
        ("bond0.100", ("bond0.100", "bond0", 100), True),
        ("eth1", ("bond0.100", "bond0", 100), True),
        ("eth1", ("storage", "eth1", 7), True),
    ],
)
def test_only_vlan_devices_of_the_agents_go_with_their_bridge(manager, links, mapped, vlan, outlives):
    device = vlan[0]
    manager.networks.interfaces["rack"] = mapped
    links.add_bridge(BRIDGE, 1500)
    links.add_vlan(*vlan, 1500)
    links.attach(device, BRIDGE)
    manager.tidy()
    assert not links.exists(BRIDGE)
    assert links.exists(device) is outlives


def test_only_ports_that_are_up_count_as_up(manager):
    plug(manager)
    manager.ensure_port_admin_state(TAP, True)
    assert manager.up == {TAP}
    manager.ensure_port_admin_state(TAP, False)
    assert manager.up == set()


def test_devices_are_those_of_ports(manager):
    assert manager.get_all_devices() == {TAP, OTHER_TAP}
    assert manager.get_devices_modified_timestamps({TAP}) == {TAP: 1}


def test_link_local_frames_of_a_port_pass_the_filter(manager, links):
    plug(manager)
    assert links.link_local_bridged == {TAP}


def test_devices_are_closed_until_their_rules_are_made(manager, protection):
    assert TAP not in protection.devices()
    manager.setup_arp_spoofing_protection(TAP, {"port": "one"})
    assert protection.rules[TAP] == {"port": "one"}


def test_devices_at_work_before_there_were_any_rules_work_on(manager, links, protection):
    links.attach(TAP, BRIDGE)
    protection.rules = None
    manager.close_by_default()
    assert protection.rules == {TAP: None, "tap0": None}, "the other one is in no bridge"


def test_an_agent_that_takes_over_leaves_the_rules_as_they_are(manager, links, protection):
    links.attach(TAP, BRIDGE)
    links.attach(OTHER_TAP, BRIDGE)
    protection.protect(TAP, {"port": "one"})
    assert manager.close_by_default() == set()
    assert protection.rules == {TAP: {"port": "one"}, "tap0": None}


def test_devices_whose_rules_somebody_removed_are_named(manager, protection):
    plug(manager)
    manager.setup_arp_spoofing_protection(TAP, {"port": "one"})
    assert manager.close_by_default() == set()
    protection.rules = None
    assert manager.close_by_default() == {TAP}


def test_other_peoples_taps_stay_open(manager, links, protection):
    assert protection.rules == {"tap0": None}
    links.delete("tap0")
    links.attach("tap-of-mine", "br-ex")
    manager.tidy()
    assert protection.rules == {"tap-of-mine": None}


def test_rules_go_with_their_devices(manager, links, protection):
    for device in (TAP, OTHER_TAP, "tap55555555-66"):
        manager.setup_arp_spoofing_protection(device, {})
    manager.delete_unreferenced_arp_protection({TAP, OTHER_TAP})
    assert protection.devices() == {TAP, OTHER_TAP, "tap0"}
    manager.delete_arp_spoofing_protection({TAP})
    assert protection.devices() == {OTHER_TAP, "tap0"}


def test_the_server_is_told_what_it_needs_to_bind_ports(manager):
    assert manager.get_agent_configurations() == {
        "bridge_mappings": {"outside": "br-ex"},
        "interface_mappings": {"rack": "eth1"},
        "tunneling_ip": "10.0.0.1",
        "tunnel_types": ["vxlan"],
        "l2_population": True,
        "filters": True,
    }


def test_a_vxlan_device_that_got_into_no_bridge_goes(manager, links):
    links.add_vxlan("vxlan-9", 9, "10.0.0.1", 4789, 1450)
    plug(manager)
    links.add_vxlan("vxlan-10", 10, "10.0.0.1", 4789, 1450)
    links.foreign.add("vxlan-10")
    manager.tidy()
    assert not links.exists("vxlan-9")
    assert links.exists("vxlan-10"), "somebody else's"
    assert links.exists("vxlan-7")

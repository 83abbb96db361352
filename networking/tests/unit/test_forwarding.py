from types import SimpleNamespace

import oslo_messaging
import pytest
from fakes import Arp, Fdb, Links
from neutron.api.rpc.callbacks import resources
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge import forwarding as module
from networking_linuxbridge.fdb import EVERYBODY, Entry
from networking_linuxbridge.forwarding import Forwarding

NETWORK, BRIDGE = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee", "brqaaaaaaaa-bb"
FLOOD = (EVERYBODY, "0.0.0.0")
MAC, OTHER_MAC = "fa:16:3e:00:00:01", "fa:16:3e:00:00:02"


@pytest.fixture
def fdb(monkeypatch):
    fake = Fdb()
    monkeypatch.setattr(module, "fdb", fake)
    links = Links("vxlan-7", bridges=[BRIDGE])
    links.attach("vxlan-7", BRIDGE)
    monkeypatch.setattr(module, "links", links)
    return fake


@pytest.fixture
def arp(monkeypatch):
    fake = Arp()
    monkeypatch.setattr(module, "arp", fake)
    return fake


@pytest.fixture
def forwarding(fdb, arp):
    return Forwarding("host1", "10.0.0.1")


def server_says(monkeypatch, ports):
    agents = [
        agent("host1", "Linux bridge agent", tunneling_ip="10.0.0.1"),
        agent("host2", "Linux bridge agent", tunneling_ip="10.0.0.2"),
        agent("host2", "DHCP agent", dhcp_driver="..."),
        agent("host3", "Linux bridge agent", tunneling_ip="10.0.0.3"),
        *(agent(host, "L3 agent") for host in ("host1", "host3", "host4")),
    ]
    answers = {resources.AGENT: agents, resources.PORT: ports}
    monkeypatch.setattr(module, "pull", lambda kind, _filters: answers[kind])


def agent(host, kind, **told):
    return SimpleNamespace(host=host, agent_type=kind, configurations=told)


def port(mac, host="host2", status="ACTIVE", owner="compute:nova", binding="ACTIVE"):
    return SimpleNamespace(
        mac_address=mac,
        status=status,
        device_owner=owner,
        bindings=[SimpleNamespace(host=host, status=binding)],
        fixed_ips=[SimpleNamespace(ip_address="192.168.0.5")],
    )


def test_announced_ports_are_entered_and_dropped(forwarding, fdb, arp):
    forwarding.add(7, NETWORK, {"10.0.0.2": [FLOOD, (MAC, "192.168.0.5")]})
    assert fdb.read("vxlan-7") == {Entry(EVERYBODY, "10.0.0.2"), Entry(MAC, "10.0.0.2")}
    forwarding.remove(7, NETWORK, {"10.0.0.3": [(MAC, "192.168.0.5")]})
    assert ("192.168.0.5", MAC) in arp.read("vxlan-7"), "it is gone from the host it was migrated from"
    forwarding.remove(7, NETWORK, {"10.0.0.2": [(MAC, "192.168.0.5")]})
    assert fdb.read("vxlan-7") == {Entry(EVERYBODY, "10.0.0.2")}


def test_ports_of_this_host_are_behind_no_other(forwarding, fdb):
    forwarding.add(7, NETWORK, {"10.0.0.2": [FLOOD, (MAC, "192.168.0.5"), (OTHER_MAC, "192.168.0.6")]})
    forwarding.add(7, NETWORK, {"10.0.0.1": [FLOOD, (MAC, "192.168.0.5")]})
    assert fdb.read("vxlan-7") == {Entry(EVERYBODY, "10.0.0.2"), Entry(OTHER_MAC, "10.0.0.2")}


def test_ipv4_addresses_of_other_hosts_ports_are_answered_for(forwarding, arp):
    own, six = ("fa:16:3e:00:00:03", "192.168.0.7"), (MAC, "fd00::5")
    forwarding.add(7, NETWORK, {"10.0.0.2": [FLOOD, (MAC, "192.168.0.5"), six], "10.0.0.1": [own]})
    assert arp.read("vxlan-7") == {("192.168.0.5", MAC)}
    forwarding.add(7, NETWORK, {"10.0.0.1": [FLOOD, (MAC, "192.168.0.5")]})
    assert arp.read("vxlan-7") == set()
    forwarding.add(7, NETWORK, {"10.0.0.2": [(OTHER_MAC, "192.168.0.6")]})
    forwarding.remove(7, NETWORK, {"10.0.0.2": [(OTHER_MAC, "192.168.0.6")]})
    assert arp.read("vxlan-7") == set()


def test_addresses_that_changed_are_answered_for_if_their_ports_are_known(forwarding, arp):
    forwarding.add(7, NETWORK, {"10.0.0.2": [FLOOD, (MAC, "192.168.0.5")]})
    forwarding.change(
        NETWORK,
        {
            "10.0.0.2": {"before": [(MAC, "192.168.0.5")], "after": [(MAC, "192.168.0.6")]},
            "10.0.0.3": {"after": [(OTHER_MAC, "192.168.0.8")]},
            "10.0.0.1": {"after": [(MAC, "192.168.0.9")]},
        },
    )
    assert arp.read("vxlan-7") == {("192.168.0.6", MAC)}


def test_networks_that_are_not_here_do_not_matter(forwarding, fdb):
    forwarding.add(8, NETWORK, {"10.0.0.2": [FLOOD]})
    forwarding.remove(8, NETWORK, {"10.0.0.2": [FLOOD]})
    assert fdb.entries == {}


def test_a_doubted_table_becomes_what_the_server_says(forwarding, fdb, arp, monkeypatch):
    fdb.add("vxlan-7", [Entry("fa:16:3e:00:00:99", "10.0.0.9")])
    server_says(
        monkeypatch,
        [
            port(MAC),
            port("fa:16:3e:00:00:03", host="host1"),
            port("fa:16:3e:00:00:04", status="DOWN"),
            port(OTHER_MAC, status="BUILD"),
            port("fa:16:3e:00:00:05", binding="INACTIVE"),
            port("fa:16:3e:00:00:06", host="unknown"),
            port("fa:16:3e:00:00:07", owner="network:router_ha_interface"),
        ],
    )
    forwarding.doubt(7, "network")
    forwarding.settle_doubts()
    assert Entry(MAC, "10.0.0.2") in fdb.read("vxlan-7")
    assert Entry(EVERYBODY, "10.0.0.2") in fdb.read("vxlan-7")
    assert Entry(OTHER_MAC, "10.0.0.2") in fdb.read("vxlan-7"), "its agent starts anew; it is there"
    known = {
        "fa:16:3e:00:00:03",
        "fa:16:3e:00:00:04",
        "fa:16:3e:00:00:05",
        "fa:16:3e:00:00:06",
        "fa:16:3e:00:00:99",
    }
    assert not known & {entry.mac for entry in fdb.read("vxlan-7")}
    assert ("192.168.0.5", MAC) in arp.read("vxlan-7")
    assert not known & {neighbour.mac for neighbour in arp.read("vxlan-7")}


def test_what_is_for_all_gets_to_every_host_that_may_have_a_router_of_several(forwarding, fdb, monkeypatch):
    server_says(monkeypatch, [port(MAC, owner="network:ha_router_replicated_interface")])
    forwarding.doubt(7, NETWORK)
    forwarding.settle_doubts()
    assert fdb.read("vxlan-7") == {Entry(EVERYBODY, "10.0.0.2"), Entry(EVERYBODY, "10.0.0.3")}


@pytest.mark.parametrize("said_last", ["add", "remove"])
def test_an_announcement_is_doubted_if_the_opposite_came_just_before(forwarding, fdb, monkeypatch, said_last):
    ports = {"10.0.0.2": [FLOOD, (MAC, "192.168.0.5")]}
    said_first = "remove" if said_last == "add" else "add"
    server_says(monkeypatch, [port(MAC)] if said_first == "add" else [])
    getattr(forwarding, said_first)(7, NETWORK, ports)
    assert not forwarding.in_doubt
    getattr(forwarding, said_last)(7, NETWORK, ports)
    assert forwarding.in_doubt
    forwarding.settle_doubts()
    assert (Entry(MAC, "10.0.0.2") in fdb.read("vxlan-7")) is (said_first == "add")
    assert not forwarding.in_doubt


def test_an_announcement_is_believed_if_the_opposite_is_long_ago(forwarding, monkeypatch):
    now = 1000.0
    monkeypatch.setattr(module.time, "monotonic", lambda: now)
    forwarding.add(7, NETWORK, {"10.0.0.2": [(MAC, "192.168.0.5")]})
    now += 11
    forwarding.remove(7, NETWORK, {"10.0.0.2": [(MAC, "192.168.0.5")]})
    forwarding.add(7, NETWORK, {"10.0.0.3": [(MAC, "192.168.0.5")]})
    assert not forwarding.in_doubt, "it was migrated"


def test_nothing_is_asked_without_a_doubt(forwarding, monkeypatch):
    monkeypatch.setattr(module, "pull", lambda *_: pytest.fail("asked"))
    forwarding.settle_doubts()


def test_a_doubt_that_could_not_be_settled_remains(forwarding, fdb, monkeypatch):
    def unreachable(*_):
        raise TimeoutError

    monkeypatch.setattr(module, "pull", unreachable)
    forwarding.doubt(7, "network")
    with pytest.raises(TimeoutError):
        forwarding.settle_doubts()
    server_says(monkeypatch, [port(MAC)])
    forwarding.settle_doubts()
    assert Entry(MAC, "10.0.0.2") in fdb.read("vxlan-7")


def test_a_table_that_the_kernel_refuses_keeps_no_other_from_being_settled(
    forwarding, fdb, monkeypatch, caplog
):
    def refuse(device, entries):
        if device == "vxlan-6":
            raise NetlinkError(97, "Address family not supported by protocol")
        fdb.entries[device] = set(entries)

    module.links.attach("vxlan-6", BRIDGE)
    server_says(monkeypatch, [port(MAC)])
    monkeypatch.setattr(fdb, "replace", refuse)
    forwarding.doubt(6, "refused")
    forwarding.doubt(7, NETWORK)
    forwarding.settle_doubts()
    assert Entry(MAC, "10.0.0.2") in fdb.read("vxlan-7")
    assert "Could not make vxlan-6 what the server says" in caplog.text
    assert forwarding.in_doubt, "it is tried again"


def test_a_network_that_takes_too_long_to_tell_of_is_asked_for_last(forwarding, fdb, monkeypatch):
    def pull(kind, filters):
        if filters == {"network_id": "large"}:
            raise oslo_messaging.MessagingTimeout
        return answer(kind, filters)

    module.links.attach("vxlan-6", BRIDGE)
    server_says(monkeypatch, [port(MAC)])
    answer = module.pull
    monkeypatch.setattr(module, "pull", pull)
    forwarding.doubt(6, "large")
    forwarding.doubt(7, NETWORK)
    for _ in range(2):
        with pytest.raises(oslo_messaging.MessagingTimeout):
            forwarding.settle_doubts()
    assert Entry(MAC, "10.0.0.2") in fdb.read("vxlan-7")


def test_hosts_of_the_other_version_of_ip_are_left_out_with_one_warning(forwarding, fdb, arp, caplog):
    ports = {"fd00::2": [FLOOD, (MAC, "192.168.0.5")], "10.0.0.2": [(OTHER_MAC, "192.168.0.6")]}
    for _ in range(2):
        forwarding.add(7, NETWORK, ports)
    assert fdb.read("vxlan-7") == {Entry(OTHER_MAC, "10.0.0.2")}
    assert arp.read("vxlan-7") == {("192.168.0.6", OTHER_MAC)}
    assert caplog.text.count("fd00::2") == 1

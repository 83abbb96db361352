import threading
from collections import defaultdict
from types import SimpleNamespace

import pytest
from oslo_concurrency import lockutils
from pyroute2.netlink.exceptions import NetlinkError

from networking_linuxbridge.explain import host
from networking_linuxbridge.rpc import Callbacks

PORT = "11111111-2222-cccc-dddd-eeeeeeeeeeee"
TAP = "tap11111111-22"


class Forwarding:
    host = "host1"
    in_doubt = False

    def __init__(self):
        self.calls = []

    def add(self, *call):
        self.calls.append(("add", *call))

    def remove(self, *call):
        self.calls.append(("remove", *call))

    def change(self, *call):
        self.calls.append(("change", *call))


@pytest.fixture
def agent():
    manager = SimpleNamespace(forwarding=Forwarding(), misplaced=set)
    return SimpleNamespace(mgr=manager, awake=threading.Event(), network_ports={"network": [{"device": TAP}]})


@pytest.fixture
def callbacks(agent):
    ports = {
        TAP: {"device": TAP, "security_group_remote_address_groups": ["offices"]},
        "tap33333333-44": {"device": "tap33333333-44"},
    }
    sg_agent = SimpleNamespace(
        security_groups_rule_updated=lambda _: None,
        security_groups_member_updated=lambda _: None,
        devices_to_refilter=set(),
        firewall=SimpleNamespace(ports=ports, devices_with_updated_sg_members=defaultdict(list)),
        _latest_port_filter_lock=lockutils.ReaderWriterLock(),
    )
    return Callbacks(None, agent, sg_agent)


@pytest.mark.parametrize(
    ("announcement", "what"),
    [
        ("port_update", {"port": {"id": PORT}}),
        ("port_delete", {"port_id": PORT}),
        ("binding_activate", {"port_id": PORT, "host": "host1"}),
        ("network_update", {"network": {"id": "network"}}),
    ],
)
def test_a_change_wakes_the_agent_to_look_at_the_port(callbacks, agent, announcement, what):
    getattr(callbacks, announcement)(None, **what)
    assert agent.awake.is_set()
    assert callbacks.get_and_clear_updated_devices() == {TAP}
    assert callbacks.get_and_clear_updated_devices() == set()


def test_ports_that_came_to_other_hosts_are_theirs(callbacks, agent):
    callbacks.binding_activate(None, port_id=PORT, host="host2")
    assert not agent.awake.is_set()


def test_misplaced_devices_are_looked_at_again(callbacks, agent):
    agent.mgr.misplaced = lambda: {TAP}
    assert callbacks.get_and_clear_updated_devices() == {TAP}


@pytest.mark.parametrize("announcement", ["security_groups_rule_updated", "security_groups_member_updated"])
def test_security_groups_wake_the_agent(callbacks, agent, announcement):
    getattr(callbacks, announcement)(None, security_groups=["group"])
    assert agent.awake.is_set()


@pytest.mark.parametrize(("group", "refiltered"), [("offices", {TAP}), ("homes", set())])
def test_an_address_group_wakes_the_agent_for_ports_whose_rules_name_it(callbacks, agent, group, refiltered):
    callbacks.address_groups_updated(None, "AddressGroup", [SimpleNamespace(id=group)], "updated")
    assert callbacks.sg_agent.devices_to_refilter == refiltered
    assert agent.awake.is_set() is bool(refiltered)
    assert set(callbacks.sg_agent.firewall.devices_with_updated_sg_members) == {group} & {"offices"}


def test_forwarding_entries_of_vxlan_networks_are_passed_on(callbacks, agent):
    ports = {"10.0.0.2": [["fa:16:3e:00:00:01", "192.168.0.5"]]}
    entries = {
        "n1": {"segment_id": 7, "network_type": "vxlan", "ports": ports},
        "n2": {"segment_id": 8, "network_type": "gre", "ports": ports},
    }
    callbacks.add_fdb_entries(None, entries)
    callbacks.remove_fdb_entries(None, entries)
    callbacks.update_fdb_entries(None, {"chg_ip": {"n1": {}}})
    assert [call[:-1] for call in agent.mgr.forwarding.calls] == [
        ("add", 7, "n1"),
        ("remove", 7, "n1"),
        ("change", "n1"),
    ]
    assert not agent.awake.is_set()


def test_what_the_kernel_refuses_of_one_network_is_doubted_and_keeps_no_other_out(callbacks, agent, caplog):
    def refuse(vni, network_id, ports):
        if network_id == "n1":
            raise NetlinkError(97, "Address family not supported by protocol")
        agent.mgr.forwarding.calls.append(network_id)

    agent.mgr.forwarding.add = refuse
    agent.mgr.forwarding.doubt = lambda *network: agent.mgr.forwarding.calls.append(network)
    network = {"network_type": "vxlan", "ports": {}}
    callbacks.fdb_add(None, {"n1": {**network, "segment_id": 7}, "n2": {**network, "segment_id": 8}})
    assert agent.mgr.forwarding.calls == [(7, "n1"), "n2"]
    assert "Address family not supported" in caplog.text


def test_a_doubt_is_settled_at_once(callbacks, agent):
    agent.mgr.forwarding.in_doubt = True
    callbacks.add_fdb_entries(None, {"n1": {"segment_id": 7, "network_type": "vxlan", "ports": {}}})
    assert agent.awake.is_set()


def test_a_question_is_answered_with_facts(callbacks, monkeypatch):
    monkeypatch.setattr(host, "facts", lambda question: {"asked": question.taps})
    assert callbacks.facts(None, question={"taps": [TAP]}) == {"asked": [TAP]}

import logging
import threading
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace
from unittest.mock import Mock

import oslo_messaging
import pytest
from neutron.plugins.ml2.drivers.agent import _common_agent

from networking_linuxbridge import agent as module
from networking_linuxbridge import nft, watch
from networking_linuxbridge.agent import LinuxBridgeAgent
from networking_linuxbridge.applied import Applied

TAP = "tap11111111-22"
CHANGES = {"added": {TAP}, "updated": set(), "removed": set(), "current": {TAP}}


class Server:
    """Counts what the agent tells the server."""

    def __init__(self):
        self.confirmed, self.failed = [], set()

    def take_failed(self):
        return self.failed

    def update_device_list(self, _context, devices_up, *_):
        self.confirmed.append(set(devices_up))


class Extensions(dict):
    """Plays the extensions of the agent, by name."""

    def __init__(self):
        self.deleted = []

    def names(self):
        return list(self)

    def delete_port(self, _context, port):
        self.deleted.append(port)


class Qos:
    """Plays neutron's QoS extension, which knows one policy."""

    def __init__(self):
        self.obj = self
        self.qos_driver = SimpleNamespace(restore_marks=lambda: self.heard.append("marks"))
        self.policy_map = SimpleNamespace(known_policies={"p1": "as it was"})
        self.resource_rpc = SimpleNamespace(bulk_pull=lambda *_: ["as it is now"])
        self.heard = []

    def _handle_notification(self, _context, _resource, policies, event):
        self.heard.append((event, policies))


class Flushed:
    """Plays a host whose nftables' ruleset was flushed, and the agent's work on a device there."""

    def __init__(self, unguarded, *, mends=True):
        self.unguarded, self.mends, self.stands = unguarded, mends, False
        self.wired, self.down = [], []

    def close_by_default(self):
        self.stands = self.mends
        return self.unguarded

    def process(self, details):
        if not self.stands:
            raise nft.RefusedError("nft: No such file or directory")
        self.wired.append(details["device"])

    def play_for(self, agent):
        agent.plugin_rpc.update_device_down = lambda _context, device, *_: self.down.append(device)
        agent.mgr.close_by_default = self.close_by_default
        agent._process_device_if_exists = self.process
        agent._wire({"device": TAP})


@pytest.fixture
def agent(monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock.now)
    bare = LinuxBridgeAgent.__new__(LinuxBridgeAgent)
    bare.clock = clock
    bare.awake = threading.Event()
    bare.fullsync = bare.failed_report_state = False
    bare._has_leftovers = False
    bare._check_at, bare._attempt_at, bare._confirmations, bare.polling_interval = 0.0, 0.0, [], 2
    bare._ordering, bare._has_failed = threading.Lock(), False
    bare.context, bare.agent_id, bare.iter_num = None, "agent", 1
    bare.plugin_rpc = Server()
    bare.doubts, bare.refreshed, bare.unguarded, bare.closed = [], [], set(), []
    bare.applied = Mock()
    bare.mgr = SimpleNamespace(
        up={TAP},
        unwired=set(),
        close_by_default=lambda: bare.unguarded,
        tidy=lambda: None,
        give_up=lambda device: bare.mgr.unwired.update({device}),
        close=bare.closed.append,
        get_all_devices=lambda: {TAP},
        forwarding=SimpleNamespace(
            host="host1", doubt=lambda *d: bare.doubts.append(d), settle_doubts=lambda: None, in_doubt=False
        ),
    )
    bare.sg_agent = SimpleNamespace(
        firewall_refresh_needed=lambda: False,
        firewall=SimpleNamespace(ports={TAP: {}}, defer_apply=lambda: nullcontext(bare.applied())),
        refresh_firewall=lambda: bare.refreshed.append(clock.now),
    )
    networks = {
        "n1": SimpleNamespace(network_type="vxlan", segmentation_id=7),
        "n2": SimpleNamespace(network_type="flat", segmentation_id=None),
    }
    bare.rpc_callbacks = SimpleNamespace(network_map=networks, updated_devices=set())
    bare.ext_manager = Extensions()
    bare._applied = Applied()
    bare._applied.outdated = lambda devices: bare.outdated & devices
    bare.outdated = set()
    bare.network_ports = {"n1": [{"device": TAP, "port_id": "port"}]}
    bare.port = SimpleNamespace(id="port", status="BUILD")
    monkeypatch.setattr(
        module, "pull", lambda _kind, filters: [bare.port] if filters == {"id": ["port"]} else []
    )
    monkeypatch.setattr(module, "batches", lambda ports: [list(ports)])
    monkeypatch.setattr(_common_agent.CommonAgentLoop, "process_network_devices", lambda *_: False)
    return bare


def test_a_wired_port_is_confirmed_soon_and_once_more(agent):
    assert agent._process(CHANGES) is False
    for seconds, confirmations in ((0, 0), (0.5, 1), (0.5, 1), (4, 2), (60, 2)):
        agent.clock.now += seconds
        agent._maintain(all_wired=True)
        assert agent.plugin_rpc.confirmed == [{TAP}] * confirmations


def test_a_port_that_the_server_takes_for_ready_is_not_confirmed(agent):
    agent._process(CHANGES)
    agent.port.status = "ACTIVE"
    agent.clock.now += 10
    agent._maintain(all_wired=True)
    assert agent.plugin_rpc.confirmed == []
    assert agent._confirmations == []


def test_the_agent_rests_no_longer_than_to_the_next_confirmation(agent):
    agent._maintain(all_wired=True)
    assert agent._seconds_to_rest() == 2
    agent._process(CHANGES)
    assert agent._seconds_to_rest() == 0.5
    agent.clock.now += 1
    assert agent._seconds_to_rest() == 0.1


def test_the_agent_rests_no_longer_than_to_what_is_due(agent):
    agent.polling_interval = 1000
    agent._maintain(all_wired=True)
    assert agent._seconds_to_rest() == 300, "to the next check"
    agent.clock.now += 1
    agent.mgr.unwired = {TAP}
    assert agent._seconds_to_rest() == 29, "to the next attempt"
    agent.clock.now += 299
    assert agent._seconds_to_rest() == 0.1


def test_what_failed_is_tried_again_soon_but_not_at_once(agent, monkeypatch):
    agent.polling_interval = 1000
    with monkeypatch.context() as away:
        away.setattr(agent.mgr, "get_all_devices", Mock(side_effect=TimeoutError))
        agent._maintain(all_wired=True)
    assert agent._check_at <= agent.clock.now, "the check failed"
    assert agent._seconds_to_rest() == 10
    agent._maintain(all_wired=True)
    assert agent._seconds_to_rest() == 300


def test_a_table_that_stays_in_doubt_is_asked_for_soon(agent):
    agent.polling_interval = 1000
    agent.mgr.forwarding.in_doubt = True
    agent._maintain(all_wired=True)
    assert agent._seconds_to_rest() == 10


def test_a_check_that_is_ordered_wakes_an_agent_that_would_rest_for_longer(agent):
    agent._maintain(all_wired=True)
    agent._check_soon()
    assert agent.awake.is_set()
    agent.awake.clear()
    agent.clock.now += 1
    agent._check_soon()
    assert not agent.awake.is_set(), "it rests until the first one, and looks then"


def test_a_port_that_went_down_meanwhile_is_not_confirmed(agent):
    agent._process(CHANGES)
    agent.mgr.up.clear()
    agent.clock.now += 10
    agent._maintain(all_wired=True)
    assert agent.plugin_rpc.confirmed == []
    assert agent._confirmations == []


def test_a_confirmation_that_failed_is_tried_again(agent, monkeypatch):
    def unreachable(*_):
        raise TimeoutError

    agent._process(CHANGES)
    agent.clock.now += 1
    with monkeypatch.context() as away:
        away.setattr(agent.plugin_rpc, "update_device_list", unreachable)
        agent._maintain(all_wired=True)
    agent._maintain(all_wired=True)
    assert agent.plugin_rpc.confirmed == [{TAP}]


def test_all_is_looked_at_again_after_a_failure(agent, monkeypatch):
    def broken(*_):
        raise RuntimeError("broken")

    monkeypatch.setattr(agent, "scan_devices", lambda **_: CHANGES)
    monkeypatch.setattr(_common_agent.CommonAgentLoop, "process_network_devices", broken)
    assert agent._turn(None, resync=False) == (CHANGES, True)
    assert agent._confirmations == []


def test_a_look_that_failed_does_not_end_the_agent(agent, monkeypatch, caplog):
    def broken(**_):
        raise RuntimeError("nft: no")

    monkeypatch.setattr(agent, "scan_devices", broken)
    assert agent._turn(CHANGES, resync=False) == (CHANGES, True)
    assert "nft: no" in caplog.text


def test_nothing_is_done_without_changes(agent, monkeypatch):
    monkeypatch.setattr(
        _common_agent.CommonAgentLoop, "process_network_devices", lambda *_: pytest.fail("nothing changed")
    )
    assert agent._process({"added": set(), "updated": set(), "removed": set()}) is False


def test_what_may_have_been_missed_is_asked_for_now_and_then(agent):
    for seconds in (0, 10, 291):
        agent.clock.now += seconds
        agent._maintain(all_wired=True)
    assert agent.refreshed == [1000.0, 1301.0]
    assert agent.doubts == [(7, "n1"), (7, "n1")]


def test_rules_made_at_the_start_are_not_made_again_at_once(agent):
    agent.iter_num = 0
    agent._maintain(all_wired=True)
    assert agent.refreshed == []
    assert agent.doubts == [(7, "n1")]


def test_all_devices_are_wired_before_they_are_reported(agent):
    done = []

    @contextmanager
    def reported_together(*_):
        yield
        done.append("reported")

    agent.plugin_rpc.reported_together = reported_together
    agent.plugin_rpc.details = lambda _context, devices, *_: (
        {"device": device} for device in sorted(devices)
    )
    agent._process_device_if_exists = lambda details: done.append(details["device"])
    agent.mgr.forwarding.settle_doubts = lambda: done.append("forwarding tables")
    assert agent.treat_devices_added_updated({TAP, "tap33333333-44"}) is False
    assert done == [TAP, "tap33333333-44", "forwarding tables", "reported"]


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("its rules were refused"),
        oslo_messaging.RemoteError("PolicyError", "its policy was refused"),
    ],
)
def test_one_ports_error_stops_no_others(agent, caplog, error):
    wired, down = [], []

    def process(details):
        if details["device"] == TAP:
            raise error
        wired.append(details["device"])

    agent.plugin_rpc.reported_together = lambda *_: nullcontext()
    agent.plugin_rpc.details = lambda _context, devices, *_: ({"device": one} for one in sorted(devices))
    agent.plugin_rpc.update_device_down = lambda _context, device, *_: down.append(device)
    agent._process_device_if_exists = process
    assert agent.treat_devices_added_updated({TAP, "tap33333333-44"}) is False
    assert wired == ["tap33333333-44"]
    assert down == [TAP]
    assert agent.mgr.unwired == {TAP}, "it is tried again"
    assert str(error) in caplog.text


def test_a_device_whose_port_was_deleted_is_closed(agent):
    """Its addresses may be another's by now, and neutron's firewall trusts it after a new start."""
    migrating = {"device": "tap33333333-44", "no_active_binding": True}
    agent.plugin_rpc.reported_together = lambda *_: nullcontext()
    agent.plugin_rpc.details = lambda *_: iter([{"device": TAP}, migrating])
    assert agent.treat_devices_added_updated({TAP, "tap33333333-44"}) is False
    assert agent.closed == [TAP]


def test_a_port_is_wired_after_a_flush_and_all_others_rules_are_mended_at_once(agent):
    agent._check_at = agent.clock.now + 300
    host = Flushed(unguarded={"tap33333333-44"})
    host.play_for(agent)
    assert (host.wired, host.down) == ([TAP], [])
    assert agent.rpc_callbacks.updated_devices == {"tap33333333-44"}
    assert agent.awake.is_set()
    agent._maintain(all_wired=True)
    assert agent.refreshed == [agent.clock.now]


def test_a_port_whose_own_rules_are_refused_is_down_and_costs_no_check(agent):
    agent._check_at = agent.clock.now + 300
    host = Flushed(unguarded=set(), mends=False)
    host.play_for(agent)
    assert (host.wired, host.down) == ([], [TAP])
    assert agent.mgr.unwired == {TAP}
    agent._maintain(all_wired=True)
    assert agent.refreshed == []


def test_a_device_that_the_server_cannot_handle_is_tried_again_alone(agent):
    agent.plugin_rpc.reported_together = lambda *_: nullcontext()
    agent.plugin_rpc.details = lambda *_: iter(())
    agent.plugin_rpc.failed = {TAP}
    agent.mgr.unwired = {"tap33333333-44"}
    assert agent.treat_devices_added_updated({TAP}) is False, "no other is looked at again"
    assert agent.mgr.unwired == {TAP, "tap33333333-44"}


def test_a_server_that_does_not_answer_is_no_ports_fault(agent):
    """As when the policy of a port that is in its bridge is asked for: all is tried again."""

    def process(_details):
        raise oslo_messaging.MessagingTimeout

    down = []
    agent.plugin_rpc.reported_together = lambda *_: nullcontext()
    agent.plugin_rpc.details = lambda _context, devices, *_: ({"device": one} for one in devices)
    agent.plugin_rpc.update_device_down = lambda *device: down.append(device)
    agent._process_device_if_exists = process
    with pytest.raises(oslo_messaging.MessagingTimeout):
        agent.treat_devices_added_updated({TAP})
    assert (down, agent.mgr.unwired) == ([], set())


def test_tables_that_cannot_be_asked_for_keep_no_port_from_being_reported(agent, caplog):
    def unreachable():
        raise TimeoutError

    agent.plugin_rpc.reported_together = lambda *_: nullcontext()
    agent.plugin_rpc.details = lambda *_: iter(())
    agent.mgr.forwarding.settle_doubts = unreachable
    assert agent.treat_devices_added_updated({TAP}) is False
    assert "Could not unreachable" in caplog.text


def test_address_groups_are_listened_to(agent, monkeypatch):
    heard = []
    monkeypatch.setattr(_common_agent.CommonAgentLoop, "setup_rpc", lambda _: None)
    monkeypatch.setattr(module, "PluginApi", lambda _: None)
    monkeypatch.setattr(module.registry, "register", lambda *what: heard.append(what))
    agent.connection = SimpleNamespace(create_consumer=lambda topic, *_, **how: heard.append((topic, how)))
    agent.rpc_callbacks.address_groups_updated = "noted"
    agent.setup_rpc()
    (registered, (topic, how)) = heard
    assert registered == ("noted", "AddressGroup")
    assert topic.startswith("neutron-vo-AddressGroup-")
    assert how == {"fanout": True}


def test_ports_that_changed_unheard_are_asked_for(agent):
    agent.outdated = {TAP}
    agent._maintain(all_wired=True)
    assert agent.rpc_callbacks.updated_devices == {TAP}


def test_rules_of_trusted_ports_are_put_in_force_where_there_are_no_others(agent):
    agent.sg_agent.firewall.ports.clear()
    agent._maintain(all_wired=True)
    assert (agent.refreshed, agent.applied.call_count) == ([], 1)


def test_connections_that_are_allowed_no_more_end_at_a_check(agent, monkeypatch):
    done = []
    monkeypatch.setattr(module.connections, "expect_any_change", done.append)
    agent.sg_agent.refresh_firewall = lambda: done.append("refreshed")
    agent._maintain(all_wired=True)
    assert done == [agent.sg_agent.firewall, "refreshed"]


def test_a_device_whose_rules_somebody_removed_gets_them_again(agent):
    agent.unguarded = {TAP}
    agent._maintain(all_wired=True)
    assert agent.rpc_callbacks.updated_devices == {TAP}


def test_what_could_not_be_wired_is_tried_again(agent):
    agent.mgr.unwired = {TAP}
    for seconds, tried in ((0, {TAP}), (29, set()), (1, {TAP})):
        agent.clock.now += seconds
        agent._maintain(all_wired=True)
        assert agent.rpc_callbacks.updated_devices == tried
        agent.rpc_callbacks.updated_devices.clear()


def test_a_job_that_fails_keeps_no_other_from_being_done(agent, caplog):
    def break_down():
        raise RuntimeError("broken")

    agent.mgr.tidy = break_down
    agent._maintain(all_wired=True)
    assert "Could not break down" in caplog.text
    assert len(agent.refreshed) == 1


def test_policies_that_changed_unheard_are_asked_for(agent):
    qos = agent.ext_manager["qos"] = Qos()
    agent._maintain(all_wired=True)
    assert qos.heard == ["marks", ("updated", ["as it is now"])]
    qos.policy_map.known_policies.clear()
    agent.clock.now += 301
    agent._maintain(all_wired=True)
    assert qos.heard[2:] == ["marks"]


def test_extensions_hear_that_a_replaced_device_went(agent, monkeypatch):
    now = {"timestamps": {TAP: 8, "tap33333333-44": 5}, "current": {TAP}, "removed": {TAP, "tap55555555-66"}}
    monkeypatch.setattr(_common_agent.CommonAgentLoop, "scan_devices", lambda *_: now)
    agent.network_ports = {"n1": [{"device": TAP, "port_id": "port"}]}
    assert agent.scan_devices(None, sync=True) is now
    assert agent.ext_manager.deleted == []
    assert now["removed"] == {"tap55555555-66"}, "what is back has not gone"
    assert agent.scan_devices({"timestamps": {TAP: 7, "tap33333333-44": 5}}, sync=False) is now
    assert agent.ext_manager.deleted == [{"device": TAP, "port_id": "port"}]


def test_an_extension_that_fails_keeps_no_device_from_being_looked_at(agent, monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("no such qdisc")

    now = {"timestamps": {TAP: 8}, "current": {TAP}, "removed": set()}
    monkeypatch.setattr(_common_agent.CommonAgentLoop, "scan_devices", lambda *_: now)
    monkeypatch.setattr(agent.ext_manager, "delete_port", broken)
    assert agent.scan_devices({"timestamps": {TAP: 7}}, sync=False) is now
    assert "no such qdisc" in caplog.text


def test_a_lost_broker_is_followed_by_a_check(agent):
    agent._maintain(all_wired=True)
    watch.broker(agent._check_soon)
    broker_log = logging.getLogger("oslo_messaging._drivers.impl_rabbit")
    try:
        broker_log.error("AMQP server is unreachable")
        agent._maintain(all_wired=True)
        assert len(agent.refreshed) == 1
        agent.clock.now += 5
        agent._maintain(all_wired=True)
        assert len(agent.refreshed) == 2
    finally:
        broker_log.handlers.pop()


def test_a_broker_that_is_lost_during_a_check_is_followed_by_another(agent):
    agent.sg_agent.refresh_firewall = lambda: (agent.refreshed.append(agent.clock.now), agent._check_soon())
    agent._maintain(all_wired=True)
    agent.sg_agent.refresh_firewall = lambda: agent.refreshed.append(agent.clock.now)
    for _ in range(2):
        agent.clock.now += 5
        agent._maintain(all_wired=True)
    assert agent.refreshed == [1000.0, 1005.0]


def test_reports_that_failed_are_followed_by_a_check(agent, monkeypatch):
    agent._maintain(all_wired=True)
    monkeypatch.setattr(
        _common_agent.CommonAgentLoop,
        "_report_state",
        lambda self: setattr(self, "failed_report_state", True),
    )
    agent._report_state()
    assert agent._check_at == agent.clock.now + 5


def test_a_revived_agent_wakes_up(agent, monkeypatch):
    monkeypatch.setattr(
        _common_agent.CommonAgentLoop, "_report_state", lambda self: setattr(self, "fullsync", True)
    )
    agent._report_state()
    assert agent.awake.is_set()


def test_leftovers_are_removed_once_all_ports_are_wired(agent, monkeypatch):
    removed = []
    monkeypatch.setattr(module.leftovers, "remove_rules", removed.append)
    agent._has_leftovers = True
    agent._maintain(all_wired=False)
    assert removed == []
    for _ in range(2):
        agent._maintain(all_wired=True)
    assert removed == [agent.sg_agent.firewall]


def test_the_agent_takes_the_firewall_that_suits_bridges(conf, monkeypatch):
    parts = ("service_config", "service", "start_checks", "workers", "LinuxBridgeManager", "LinuxBridgeAgent")
    for part in parts:
        monkeypatch.setattr(module, part, Mock())
    for step in ("init", "setup_logging", "setup_gmr"):
        monkeypatch.setattr(module.common_config, step, Mock())
    conf.config(firewall_driver="iptables", group="SECURITYGROUP")
    module.main()
    assert conf.conf.SECURITYGROUP.firewall_driver == "networking_linuxbridge.firewall.Firewall"

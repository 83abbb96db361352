"""The agent wires devices, and one that fails keeps no other from it."""

from contextlib import contextmanager, nullcontext

import oslo_messaging
import pytest
from agent_world import TAP, Flushed
from neutron.plugins.ml2.drivers.agent import _common_agent


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


def test_what_could_not_be_wired_is_tried_again(agent):
    agent.mgr.unwired = {TAP}
    for seconds, tried in ((0, {TAP}), (29, set()), (1, {TAP})):
        agent.clock.now += seconds
        agent._maintain(all_wired=True)
        assert agent.rpc_callbacks.updated_devices == tried
        agent.rpc_callbacks.updated_devices.clear()


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

"""What the agent asks for and mends by itself, now and then and after an outage."""

import logging
from types import SimpleNamespace
from unittest.mock import Mock

from agent_world import CHANGES, TAP, Qos
from neutron.plugins.ml2.drivers.agent import _common_agent

from networking_linuxbridge import agent as module
from networking_linuxbridge import watch


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

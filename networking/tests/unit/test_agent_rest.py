"""When the agent rests, and what wakes it; what it reports a second time."""

from unittest.mock import Mock

import pytest
from agent_world import CHANGES, TAP
from neutron.plugins.ml2.drivers.agent import _common_agent


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


def test_nothing_is_done_without_changes(agent, monkeypatch):
    monkeypatch.setattr(
        _common_agent.CommonAgentLoop, "process_network_devices", lambda *_: pytest.fail("nothing changed")
    )
    assert agent._process({"added": set(), "updated": set(), "removed": set()}) is False


def test_a_revived_agent_wakes_up(agent, monkeypatch):
    monkeypatch.setattr(
        _common_agent.CommonAgentLoop, "_report_state", lambda self: setattr(self, "fullsync", True)
    )
    agent._report_state()
    assert agent.awake.is_set()

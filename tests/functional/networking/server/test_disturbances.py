"""What is around the agents goes and comes back: flows go on; what changed meanwhile is caught up with."""

import time

import pytest
from hosts import eventually

from server.truth import await_truth

SECONDS_AWAY = 60
# The agents and the server find their way back to the broker at intervals of up to five seconds.
SECONDS_TO_CATCH_UP = 120
# Less than to the next check that nobody asks for.
SECONDS_TO_MEND = 30


def is_judged(node, server):
    """Tell whether a server may send from its own address only."""
    return server.mac in node.run("nft", "list", "chain", "bridge", "linuxbridge", server.tap).stdout


@pytest.fixture
def servers(boot, nodes):
    return [boot(node) for node in nodes]


@pytest.fixture
def flow(servers):
    """A flow between servers that nothing happens to, on two nodes."""
    return servers[0].flow(servers[2].address)


def test_rabbitmq_is_gone_for_a_minute(control, neutron, nodes, servers, flow, make):
    late = make(nodes[1])
    gone = servers[1]
    control.stop_broker()
    back_at = time.monotonic() + SECONDS_AWAY
    gone.unplug()
    late.plug()
    eventually(lambda: time.monotonic() > back_at, "a minute is over", SECONDS_AWAY + 1)
    assert not late.is_active()
    control.start_broker()
    for node in nodes:
        node.await_agent(neutron)
    late.await_active(SECONDS_TO_CATCH_UP)
    await_truth(control, nodes, SECONDS_TO_CATCH_UP)
    assert servers[0].pings(late.address)
    sent, lost = flow.end()
    assert sent > SECONDS_AWAY * 50
    assert lost == 0


def test_a_server_boots_after_somebody_flushed_nftables(nodes, servers, flow, boot):
    node, steady = nodes[0], servers[0]
    node.run("nft", "flush", "ruleset")
    late = boot(node)
    assert late.pings(servers[2].address)
    for server in (late, steady):
        eventually(lambda server=server: is_judged(node, server), f"{server.tap} has its rules", SECONDS_TO_MEND)
        assert server.tap in node.run("iptables-save").stdout
    steady.await_active()
    assert flow.end()[1] == 0


def test_the_server_is_away_while_ports_come_and_go(control, nodes, servers, flow, make):
    late = make(nodes[1])
    gone = servers[1]
    control.stop()
    gone.unplug()
    late.plug()
    control.serve()
    late.await_active(SECONDS_TO_CATCH_UP)
    await_truth(control, nodes, SECONDS_TO_CATCH_UP)
    assert servers[0].pings(late.address)
    assert flow.end()[1] == 0


def test_a_node_is_cut_off_and_comes_back(control, nodes, servers, flow, make):
    late = make(nodes[1])
    control.switch.ip("link", "set", "port2", "down")
    back_at = time.monotonic() + SECONDS_AWAY
    late.plug()
    new = make(nodes[0])
    new.plug()
    new.await_active()
    assert not new.pings(servers[1].address)
    eventually(lambda: time.monotonic() > back_at, "a minute is over", SECONDS_AWAY + 1)
    control.switch.ip("link", "set", "port2", "up")
    late.await_active(SECONDS_TO_CATCH_UP)
    await_truth(control, nodes, SECONDS_TO_CATCH_UP)
    assert new.pings(servers[1].address)
    assert new.pings(late.address)
    assert flow.end()[1] == 0

"""Agents killed at random moments while servers come and go."""

import random
import time

import pytest

from server.spaces import SECONDS_TO_START
from server.truth import assert_nothing_leaked, await_truth


@pytest.fixture
def rounds(request):
    return request.config.getoption("rounds")


@pytest.fixture
def members_group(neutron):
    """Make security groups whose rules refer to their members."""
    groups = []

    def members_group():
        group = neutron.create("security_group", name="members")["id"]
        rule = {"security_group_id": group, "remote_group_id": group, "direction": "ingress"}
        for version in ("IPv4", "IPv6"):
            neutron.create("security_group_rule", ethertype=version, **rule)
        groups.append(group)
        return group

    yield members_group
    for group in groups:
        neutron.delete("security_group", group)


@pytest.fixture
def guest(members_group, make, open_group):
    """Make servers that come and go, each with a security group of its own."""
    return lambda node: make(node, open_group, members_group())


def test_agents_are_killed_at_random_moments(rounds, control, nodes, guest, boot, capsys):
    chance = random.Random(rounds)  # noqa: S311
    steady = [boot(node) for node in nodes]
    flows = [a.flow(b.address) for a, b in zip(steady, [*steady[1:], steady[0]], strict=True)]
    present = []
    for _ in range(rounds):
        node = chance.choice(nodes)
        present.append(guest(node))
        present[-1].plug()
        if len(present) > len(nodes):
            present.pop(0).delete()
        # The first falls into wiring the one and removing the other, the second into starting.
        for seconds in (0.5, 4.0):
            time.sleep(chance.uniform(0, seconds))
            node.end_agent()
            node.start_agent()
        present[-1].await_active()
        await_truth(control, nodes)
        # Neutron gives addresses again, and who talked to the former owner asks anew after ten seconds only.
        steady[0].ip("neigh", "flush", "dev", "eth0")
        assert steady[0].pings(present[-1].address)
    ended = [flow.end() for flow in flows]
    assert all(sent for sent, _lost in ended)
    sent, lost = map(sum, zip(*ended, strict=True))
    # What goes while no agent is there has to be cleared away by the next.
    for node in nodes:
        node.end_agent()
    for server in [*present, *steady]:
        server.delete()
    for node in nodes:
        node.start_agent()
    assert_nothing_leaked(nodes, SECONDS_TO_START)
    with capsys.disabled():
        print(f"\n{rounds} rounds, {2 * rounds} agents killed, {lost} of {sent} packets lost")  # noqa: T201
    assert lost == 0

"""Agents killed at random moments while servers come and go."""

import random
import time

import pytest

from server.truth import assert_nothing_leaked, await_truth


@pytest.fixture
def rounds(request):
    return request.config.getoption("rounds")


def test_agents_are_killed_at_random_moments(rounds, control, nodes, make, boot, capsys):
    chance = random.Random(rounds)  # noqa: S311
    steady = [boot(node) for node in nodes]
    flows = [a.flow(b.address) for a, b in zip(steady, [*steady[1:], steady[0]], strict=True)]
    guests = []
    kills = 0
    for _ in range(rounds):
        node = chance.choice(nodes)
        guests.append(make(node))
        guests[-1].plug()
        if len(guests) > len(nodes):
            guests.pop(0).delete()
        # The first kill falls into the wiring of the one and the removal of the other, the second into the start.
        for seconds in (0.5, 4.0):
            time.sleep(chance.uniform(0, seconds))
            node.end_agent()
            node.start_agent()
            kills += 1
        guests[-1].await_active()
        assert steady[0].pings(guests[-1].address)
        await_truth(control, nodes)
    sent, lost = map(sum, zip(*(flow.end() for flow in flows), strict=True))
    for server in [*guests, *steady]:
        server.delete()
    with capsys.disabled():
        print(f"\n{rounds} rounds, {kills} agents killed: {lost} of {sent} packets lost")  # noqa: T201
    assert lost == 0
    assert_nothing_leaked(nodes)

"""Security-group rules that come and go while packets flow."""

import pytest
from hosts import eventually

SECONDS_TO_TAKE_EFFECT = 30


@pytest.fixture
def closed_group(neutron):
    group = neutron.create("security_group", name="closed")["id"]
    yield group
    neutron.delete("security_group", group)


@pytest.fixture
def pair(closed_group, boot, nodes):
    """A server that nothing gets in to, on the second node, and one on the first that tries."""
    return boot(nodes[0]), boot(nodes[1], closed_group)


def allow_ping(neutron, group, **source):
    return neutron.create(
        "security_group_rule",
        security_group_id=group,
        direction="ingress",
        ethertype="IPv4",
        protocol="icmp",
        **source,
    )["id"]


def test_a_rule_lets_a_running_flow_in_and_out_again(neutron, closed_group, pair):
    outside, inside = pair
    assert not outside.pings(inside.address)
    untouched = inside.flow(outside.address)
    knocking = outside.flow(inside.address)
    rule = allow_ping(neutron, closed_group)
    eventually(lambda: outside.pings(inside.address), "the rule lets pings in", SECONDS_TO_TAKE_EFFECT)
    sent, lost = knocking.end()
    assert 0 < lost < sent
    running = outside.flow(inside.address)
    neutron.delete("security_group_rule", rule)
    eventually(lambda: not outside.pings(inside.address), "pings stay out", SECONDS_TO_TAKE_EFFECT)
    sent, lost = running.end()
    assert 0 < lost < sent, "the running flow ended with the rule"
    assert untouched.end()[1] == 0


def test_a_stateless_group_is_refused(neutron):
    with pytest.raises(AssertionError, match="400 .*stateful"):
        neutron.create("security_group", name="stateless", stateful=False)


def test_a_remote_group_follows_its_members(neutron, closed_group, pair, open_group):
    outside, inside = pair
    allow_ping(neutron, closed_group, remote_group_id=closed_group)
    assert not outside.pings(inside.address)
    neutron.update("port", outside.port["id"], security_groups=[open_group, closed_group])
    eventually(lambda: outside.pings(inside.address), "a member is let in", SECONDS_TO_TAKE_EFFECT)
    neutron.update("port", outside.port["id"], security_groups=[open_group])
    eventually(lambda: not outside.pings(inside.address), "a former member is not", SECONDS_TO_TAKE_EFFECT)

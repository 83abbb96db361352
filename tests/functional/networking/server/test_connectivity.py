"""Who reaches whom, with packets small, large and in fragments, in the same network and across a router."""

from itertools import permutations

import pytest

MTU = 1450


@pytest.fixture
def servers(boot, nodes):
    return [boot(node) for node in (nodes[0], nodes[0], nodes[1], nodes[2])]


@pytest.mark.parametrize("options", [(), ("-M", "do", "-s", str(MTU - 28)), ("-M", "dont", "-s", "4000")],
                         ids=["small", "1450 bytes", "fragments"])  # fmt: skip
def test_every_server_reaches_every_other_by_ipv4(servers, options):
    failed = [(a.name, b.name) for a, b in permutations(servers, 2) if not a.pings(b.address, *options)]
    assert not failed


@pytest.mark.parametrize("options", [(), ("-M", "do", "-s", str(MTU - 48)), ("-M", "dont", "-s", "4000")],
                         ids=["small", "1450 bytes", "fragments"])  # fmt: skip
def test_every_server_reaches_every_other_by_ipv6(servers, options):
    failed = [(a.name, b.name) for a, b in permutations(servers, 2) if not a.pings(b.address6, *options)]
    assert not failed

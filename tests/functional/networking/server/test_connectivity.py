"""Who reaches whom on one network: with packets small, as large as the network's MTU, and in fragments."""

from itertools import permutations, product

import pytest

MTU = 1450
SMALL, WHOLE, FRAGMENTS = "56 bytes", "of the MTU", "in fragments"


def options(size, headers):
    """Return the options of a ping of a size, with that many bytes of headers."""
    sizes = {WHOLE: ["-M", "do", "-s", str(MTU - headers)], FRAGMENTS: ["-M", "dont", "-s", "4000"]}
    return sizes.get(size, [])


@pytest.fixture
def servers(boot, nodes):
    return [boot(node) for node in (nodes[0], nodes[0], nodes[1], nodes[2])]


@pytest.mark.parametrize(("version", "headers"), [(4, 28), (6, 48)])
def test_every_server_reaches_every_other(servers, version, headers):
    failed = [
        f"{size} from {one.name} on {one.node.name} to {other.name} on {other.node.name}"
        for size, (one, other) in product((SMALL, WHOLE, FRAGMENTS), permutations(servers, 2))
        if not one.pings(other.address if version == 4 else other.address6, *options(size, headers))
    ]
    assert not failed

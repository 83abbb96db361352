"""A server sends forged frames of every kind; who gets them is seen at servers of the same and another host."""

import itertools
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from forgeries import FORGERIES, Forgery
from frames import received, send, wire
from hosts import ALLOW_ALL, NETWORK, VXLAN, Host, Server, announce

ATTEMPTS = 20
NUMBERS = itertools.count()
SECURE, INSECURE = "port security on", "port security off"


def plugged(server: Server, hosts: list[Host]) -> Server:
    server.host.ask("protect", port=server.port, rules=ALLOW_ALL)
    assert server.host.ask("plug", network=NETWORK, device=server.tap, **VXLAN)
    announce(server, hosts)
    return server


@pytest.fixture(scope="module")
def street(underlay: list[Host]) -> Iterator[list[Server]]:
    """A server that forges, its neighbour on the same host, and one on another host."""
    here, there, _ = underlay
    made = [Server("forger", 0x11, here), Server("neighbour", 0x12, here), Server("remote", 0x13, there)]
    yield [plugged(server, underlay) for server in made]
    for server in made:
        server.delete()
        server.host.ask("tidy")


@pytest.fixture(scope="module", params=[SECURE, INSECURE])
def security(request: pytest.FixtureRequest, street: list[Server]) -> str:
    """Port security of the server that forges."""
    forger = street[0]
    port = {**forger.port, "port_security_enabled": request.param == SECURE}
    forger.host.ask("protect", port=port, rules=ALLOW_ALL)
    return request.param


@pytest.fixture(scope="module")
def wires(street: list[Server]) -> Iterator[list[socket.socket]]:
    """The devices of the servers; the kernel keeps the order of what one processor sends."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(processors)})
    with ExitStack() as opened:
        yield [opened.enter_context(wire(server)) for server in street]
    os.sched_setaffinity(0, processors)


@pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)
def test_forged_frames(
    security: str,
    street: list[Server],
    wires: list[socket.socket],
    forgery: Forgery,
    tally: dict[str, dict[str, int]],
):
    """None of them arrives while the honest ones do; without port security they would."""
    forger, *others = street
    attempts, arrived = [], []
    for other, ear in zip(others, wires[1:], strict=True):
        for _ in range(ATTEMPTS):
            attempt = forgery.attempt(forger, other, next(NUMBERS))
            send(wires[0], attempt.frames)
            arrived += received(ear, last=attempt.honest)
            attempts.append(attempt)
    forged = sum(any(attempt.forged in frame for frame in arrived) for attempt in attempts)
    tally[forgery.name][security] = forged
    tally[forgery.name]["honest"] = len(attempts)
    assert forged == (0 if security == SECURE else len(attempts))

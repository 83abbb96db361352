"""A network that carries large packets again."""

import pytest
from openstack.network.v2.network import Network

from lab.exercise.looking import one, port_of
from lab.project import Project
from lab.reach import answers_ping

LARGEST = 1450
LARGE = 1400


@pytest.fixture
def wire(project: Project) -> Network:
    networks = project.api.network.networks(name="wire", project_id=project.id)
    return one(networks, "The network wire is gone; only a reset brings it back.")


@pytest.fixture
def address(project: Project, wire: Network) -> str:
    servers = (server for server in project.api.compute.servers() if server.name == "relay")
    relay = one(servers, "The server relay is gone; only a reset brings it back.")
    port = port_of(project, relay, wire)
    addresses = [address for address in project.api.network.ips() if address.port_id == port.id]
    found: str = one(addresses, "The server relay has lost its floating IP.").floating_ip_address
    return found


def test_small(address: str) -> None:
    """Small packets pass."""
    assert answers_ping(address), "relay does not answer a small ping any more."


def test_large(address: str) -> None:
    """Large packets pass."""
    assert answers_ping(address, size=LARGE), f"relay does not answer a ping with {LARGE} bytes."


def test_as_large_as_can_be(wire: Network) -> None:
    """The network carries as much as it can."""
    assert wire.mtu == LARGEST, "The network wire could carry larger packets than it says."

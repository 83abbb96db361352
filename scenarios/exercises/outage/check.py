"""A server that lives on after its machine."""

from pathlib import Path

import pytest
from openstack.compute.v2.server import Server

from lab.cloud import Cloud
from lab.exercise.looking import one, port_of
from lab.project import Project
from lab.reach import answers_ping


@pytest.fixture
def dead(kept: Path) -> str:
    return (kept / "node").read_text().strip()


@pytest.fixture
def archive(project: Project, cloud: Cloud) -> Server:
    servers = (server for server in project.api.compute.servers() if server.name == "archive")
    found = one(servers, "The server archive is gone; only a reset brings it back.")
    return cloud.api.compute.get_server(found.id)


def test_fenced(cloud: Cloud, dead: str) -> None:
    """The cloud knows that the node is down."""
    service = one(
        cloud.api.compute.services(host=dead, binary="nova-compute"), f"The cloud has forgotten {dead}."
    )
    assert service.is_forced_down, "The cloud still hopes to hear from the dead node."


def test_elsewhere(archive: Server, dead: str) -> None:
    """The server is on a machine that lives."""
    assert archive.compute_host != dead, "archive is on the dead node."
    assert archive.status == "ACTIVE", f"archive is {archive.status}."


def test_answers(project: Project, archive: Server) -> None:
    """It answers from outside."""
    port = port_of(project, archive)
    addresses = [address for address in project.api.network.ips() if address.port_id == port.id]
    address = one(addresses, "The server archive has lost its floating IP.").floating_ip_address
    assert answers_ping(address), "archive does not answer at its floating IP."

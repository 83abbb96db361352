"""A server that has booted."""

import pytest
from openstack.compute.v2.server import Server

from lab.exercise.looking import guest_image, one
from lab.project import SMALL, Project


@pytest.fixture
def first(project: Project) -> Server:
    servers = (server for server in project.api.compute.servers() if server.name == "first")
    return one(servers, "There is no server first yet.")


def test_key(project: Project) -> None:
    """A key pair mine."""
    one(
        (key for key in project.api.compute.keypairs() if key.name == "mine"),
        "There is no key pair mine yet.",
    )


def test_made_of(project: Project, first: Server) -> None:
    """A server of that image, of the smallest flavor."""
    image = guest_image(project)
    assert getattr(first.image, "id", None) == image.id, "first is not made of dietguest."
    assert first.flavor.name == SMALL, "There is a smaller flavor than that of first."


def test_network(first: Server) -> None:
    """It stands in the network campus."""
    assert set(first.addresses or ()) == {"campus"}, "first has no address in campus, or others besides."


def test_login(first: Server) -> None:
    """Your key opens it."""
    assert first.key_name == "mine", "first does not know your key; a server is told when it is made."


def test_booted(project: Project, first: Server) -> None:
    """It has booted."""
    assert first.status == "ACTIVE", f"first is {first.status}."
    assert "ready" in project.console_of(first), "first has not said that it is ready yet."

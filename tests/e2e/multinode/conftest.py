"""A server on each compute node, in one project; everything here needs two compute nodes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openstack.compute.v2.server import Server

from lab.cloud import Cloud
from lab.guest import Guest
from lab.machine import Machine
from lab.project import Project
from lab.ready import make_admin

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all tests of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.needs_computes(2))


@pytest.fixture(scope="module")
def admins_project(cloud: Cloud, shared_project: Project) -> Project:
    """The project of the file, whose user may choose compute nodes and move servers between them."""
    make_admin(cloud, shared_project)
    return shared_project


@pytest.fixture(scope="module")
def spread(admins_project: Project, computes: list[Machine]) -> dict[str, Server]:
    """A running server on each compute node, by the node's name."""
    started = {
        compute.name: admins_project.start_server(f"on-{compute.name}", host=compute.name)
        for compute in computes
    }
    return {name: admins_project.server_is(server) for name, server in started.items()}


@pytest.fixture(scope="module")
def guests(admins_project: Project, spread: dict[str, Server]) -> Iterator[dict[str, Guest]]:
    """The insides of `spread`, by the node's name."""
    guests = {name: admins_project.guest(server) for name, server in spread.items()}
    yield guests
    for guest in guests.values():
        guest.close()

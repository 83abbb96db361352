"""Two projects on the same subnet: neither sees nor reaches what is the other's."""

import pytest
from openstack.exceptions import NotFoundException

from lab.project import Project


def test_projects_on_overlapping_subnets_are_apart(project: Project, other_project: Project) -> None:
    mine = project.start_server("mine", address="10.20.0.50")
    theirs = other_project.start_server("theirs", address="10.20.0.60")
    my_guest = project.guest(project.server_is(mine))
    their_guest = other_project.guest(other_project.server_is(theirs))

    assert my_guest.run("ping -c 1 -W 5 10.20.0.50 && hostname").endswith("mine")
    assert not my_guest.succeeds("ping -c 2 -W 2 10.20.0.60")
    assert not their_guest.succeeds("ping -c 2 -W 2 10.20.0.50")


def test_projects_see_nothing_of_each_other(project: Project, other_project: Project) -> None:
    volume = other_project.volume(name="theirs")
    network = other_project.lan

    with pytest.raises(NotFoundException):
        project.api.block_storage.get_volume(volume.id)
    with pytest.raises(NotFoundException):
        project.api.network.get_network(network.id)
    assert not list(project.api.block_storage.volumes())
    assert not list(project.api.compute.servers())
    assert [net.name for net in project.api.network.networks()] == [project.external.name]


def test_router_of_another_project_cannot_be_used(project: Project, other_project: Project) -> None:
    other_project.lan  # noqa: B018  makes the router
    router = next(other_project.api.network.routers())
    subnet = project.subnet(project.network(), "10.30.0.0/24")
    with pytest.raises(NotFoundException):
        project.api.network.add_interface_to_router(router, subnet.id)

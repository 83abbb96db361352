"""A compute node loses its power: its servers come back on another, and the node comes back as well."""

import pytest
from openstack.compute.v2.server import Server

from lab.cloud import Cloud
from lab.disk import disk_of
from lab.machine import Machine
from lab.project import Project
from tests.e2e.multinode.nodes import fenced, node_of, wait_until_they_report


@pytest.mark.destructive
@pytest.mark.time_limit(1800)
def test_servers_of_a_dead_node_are_evacuated_and_the_node_comes_back(
    cloud: Cloud, admins_project: Project, spread: dict[str, Server], machines: dict[str, Machine]
) -> None:
    dead = next(iter(spread))
    server = spread[dead]
    guest = admins_project.guest(server)
    volume = admins_project.attach(admins_project.volume(), server)
    checksum = disk_of(volume, guest).fill()

    machines[dead].power_off()
    with fenced(dead, cloud):
        admins_project.api.compute.evacuate_server(server)
        admins_project.server_is(server, "SHUTOFF", within=300)  # so Nova leaves it since its API 2.95
        assert node_of(server, cloud) != dead
        admins_project.api.compute.start_server(server)
        admins_project.server_is(server)
        guest.connect(within=180)
        assert disk_of(volume, guest).read() == checksum
        guest.close()
        machines[dead].start()

    wait_until_they_report([dead], cloud)
    assert server.id not in machines[dead].run("ps -ewwo args | grep '[q]emu-system' || true")
    again = admins_project.server("again", host=dead)
    admins_project.guest(again).close()

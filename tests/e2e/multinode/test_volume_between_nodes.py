"""A volume that was written on one compute node is read on another."""

from openstack.compute.v2.server import Server

from lab.disk import disk_of
from lab.guest import Guest
from lab.project import Project


def test_bytes_written_on_one_node_are_read_on_another(
    admins_project: Project, spread: dict[str, Server], guests: dict[str, Guest]
) -> None:
    first, second = list(spread)[:2]
    volume = admins_project.attach(admins_project.volume(), spread[first])
    checksum = disk_of(volume, guests[first]).fill()
    admins_project.detach(volume, spread[first])

    admins_project.attach(volume, spread[second])
    assert disk_of(volume, guests[second]).read() == checksum
    admins_project.detach(volume, spread[second])

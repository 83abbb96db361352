"""Servers move to another compute node, with a volume attached, and keep disk, volume and address."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from openstack.compute.v2.server import Server

from lab.cloud import Cloud
from lab.deadline import Deadline
from lab.disk import Disk, disk_of
from lab.guest import Guest
from lab.machine import Machine
from lab.project import Project
from tests.e2e.multinode.nodes import node_of, other_than
from tests.e2e.multinode.pings import start_pings, stop_pings

LONGEST_SILENCE = 10  # seconds without an answer while a running server moves, on machines that are not slow


@dataclass(frozen=True)
class Mover:
    """The server that is moved, its inside, and the volume that is attached to it all the time."""

    server: Server
    guest: Guest
    disk: Disk
    checksum: str


@pytest.fixture(scope="module")
def mover(admins_project: Project) -> Iterator[Mover]:
    """A server with random bytes on its volume."""
    server = admins_project.server("mover")
    guest = admins_project.guest(server)
    disk = disk_of(admins_project.attach(admins_project.volume(), server), guest)
    yield Mover(server, guest, disk, disk.fill())
    guest.close()


def test_cold_migration(cloud: Cloud, admins_project: Project, mover: Mover) -> None:
    before = node_of(mover.server, cloud)
    mover.guest.run("echo kept > ~/note && sync")
    admins_project.api.compute.migrate_server(mover.server)
    admins_project.server_is(mover.server, "VERIFY_RESIZE", within=240)
    admins_project.api.compute.confirm_server_resize(mover.server)
    admins_project.server_is(mover.server)

    assert node_of(mover.server, cloud) != before
    assert mover.guest.connect().run("cat ~/note") == "kept"
    assert mover.disk.read() == mover.checksum


@pytest.mark.time_limit(1200)
def test_live_migration(cloud: Cloud, admins_project: Project, computes: list[Machine], mover: Mover) -> None:
    before = node_of(mover.server, cloud)
    target = other_than(before, [compute.name for compute in computes])
    boot = mover.guest.run("cat /proc/sys/kernel/random/boot_id")
    start_pings(mover.guest, "10.20.0.1")
    admins_project.api.compute.live_migrate_server(mover.server, host=target, block_migration="auto")
    admins_project.server_is(mover.server, within=300)

    assert node_of(mover.server, cloud) == target
    assert mover.guest.connect().run("cat /proc/sys/kernel/random/boot_id") == boot
    assert stop_pings(mover.guest).longest_silence <= Deadline(LONGEST_SILENCE).seconds
    assert mover.disk.read() == mover.checksum

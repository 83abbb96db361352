"""Volumes: what a guest wrote is there again, wherever the volume goes."""

from collections.abc import Iterator

import pytest
from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server

from lab.cloud import Cloud
from lab.deadline import Deadline, NotYet
from lab.disk import Disk, bytes_of, disk_of
from lab.errors import Layer
from lab.guest import Guest
from lab.project import Project

GIB = 1024**3


@pytest.fixture(scope="module")
def other_server(shared_project: Project) -> Server:
    """A second server."""
    return shared_project.server("other")


@pytest.fixture(scope="module")
def other_guest(shared_project: Project, other_server: Server) -> Iterator[Guest]:
    """The inside of `other_server`."""
    guest = shared_project.guest(other_server)
    yield guest
    guest.close()


@pytest.fixture(scope="module")
def volume(shared_project: Project) -> Volume:
    """A volume that the tests of this module share; each leaves it available and its bytes alone."""
    return shared_project.volume()


@pytest.fixture(scope="module")
def checksum(shared_project: Project, volume: Volume, server: Server, guest: Guest) -> str:
    """The sha256 of the random bytes that were written to `volume`."""
    shared_project.attach(volume, server)
    checksum = disk_of(volume, guest).fill()
    shared_project.detach(volume, server)
    return checksum


def test_bytes_survive_detach_and_attach(
    shared_project: Project, volume: Volume, checksum: str, server: Server, guest: Guest
) -> None:
    assert bytes_of(volume, shared_project, server, guest) == checksum


def test_another_server_reads_the_same_bytes(
    shared_project: Project, volume: Volume, checksum: str, other_server: Server, other_guest: Guest
) -> None:
    assert bytes_of(volume, shared_project, other_server, other_guest) == checksum


def test_disk_is_gone_from_the_guest_after_detach(
    shared_project: Project, volume: Volume, server: Server, guest: Guest
) -> None:
    shared_project.attach(volume, server)
    device = guest.disk(volume.id)
    shared_project.detach(volume, server)
    assert not guest.succeeds(f"test -b {device}")


def test_volume_grows_while_attached(shared_project: Project, server: Server, guest: Guest) -> None:
    volume = shared_project.volume(1)
    shared_project.attach(volume, server)
    disk = disk_of(volume, guest)
    checksum = disk.fill()
    assert disk.size() == 1 * GIB

    shared_project.api.block_storage.extend_volume(volume, 2)
    assert shared_project.volume_is(volume, "in-use").size == 2
    wait_for_size(disk, 2 * GIB)
    assert disk.read() == checksum


def wait_for_size(disk: Disk, size: int) -> None:
    def look() -> None:
        if disk.size() != size:
            raise NotYet(f"the guest sees {disk.size()} bytes")

    Deadline(30).until(Layer.GUEST, f"disk of {size} bytes", look)


def test_volume_from_a_snapshot_has_the_bytes_of_its_moment(
    shared_project: Project, server: Server, guest: Guest
) -> None:
    volume = shared_project.volume()
    shared_project.attach(volume, server)
    disk = disk_of(volume, guest)
    before = disk.fill()
    snapshot = shared_project.snapshot(volume)
    after = disk.fill()
    assert before != after

    copy = shared_project.volume(name="copy", snapshot_id=snapshot.id)
    assert bytes_of(copy, shared_project, server, guest) == before
    assert disk.read() == after


def test_backup_brings_the_bytes_back(shared_project: Project, server: Server, guest: Guest) -> None:
    volume = shared_project.volume()
    shared_project.attach(volume, server)
    kept = disk_of(volume, guest).fill()
    shared_project.detach(volume, server)

    backup = shared_project.backup(volume)
    shared_project.attach(volume, server)
    assert disk_of(volume, guest).fill() != kept
    shared_project.detach(volume, server)

    shared_project.api.block_storage.restore_backup(backup, volume=volume.id)
    shared_project.volume_is(volume, within=120)
    assert bytes_of(volume, shared_project, server, guest) == kept


def test_volume_from_a_volume_has_its_bytes(
    shared_project: Project, volume: Volume, checksum: str, server: Server, guest: Guest
) -> None:
    clone = shared_project.volume(name="clone", source_volume_id=volume.id)
    assert bytes_of(clone, shared_project, server, guest) == checksum


def test_volume_is_transferred_to_another_project(project: Project, other_project: Project) -> None:
    volume = project.volume(name="present")
    transfer = project.api.block_storage.create_transfer(volume_id=volume.id, name="gift")
    other_project.api.block_storage.accept_transfer(transfer.id, transfer.auth_key)

    assert [volume.name for volume in other_project.api.block_storage.volumes()] == ["present"]
    assert not list(project.api.block_storage.volumes())
    other_project.api.block_storage.delete_volume(volume)
    other_project.is_gone(volume, other_project.api.block_storage.get_volume)


def test_volume_takes_another_type(cloud: Cloud, project: Project) -> None:
    storage = cloud.api.block_storage
    another = storage.create_type(
        name=project.name, is_public=False, extra_specs={"volume_backend_name": "nfs"}
    )
    project.leases.hold(f"volume type {another.name}", lambda: storage.delete_type(another))
    storage.add_type_access(another, project.id)
    volume = project.volume()
    assert volume.volume_type != another.name

    project.api.block_storage.retype_volume(volume, another)
    assert project.volume_is(volume).volume_type == another.name

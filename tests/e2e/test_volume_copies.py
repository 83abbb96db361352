"""Snapshots, clones, backups and images of volumes have the bytes of their moment, and the size asked for."""

import pytest
from openstack.compute.v2.server import Server

from lab.cloud import Cloud
from lab.disk import bytes_of, disk_of, filled, seen_of
from lab.guest import Guest
from lab.project import Project

GIB = 1024**3


@pytest.fixture(scope="module", autouse=True)
def _room_for_copies(cloud: Cloud, shared_project: Project) -> None:
    cloud.api.block_storage.update_quota_set(shared_project.id, volumes=20)


def test_copy_that_is_larger_is_so_inside(shared_project: Project, server: Server, guest: Guest) -> None:
    volume, kept = filled(shared_project, server, guest)
    snapshot = shared_project.snapshot(volume)
    for source in ({"snapshot_id": snapshot.id}, {"source_volume_id": volume.id}):
        copy = shared_project.volume(2, name="larger", **source)
        assert seen_of(copy, shared_project, server, guest) == (2 * GIB, kept)


def test_clone_of_a_volume_with_a_snapshot_grows(
    shared_project: Project, server: Server, guest: Guest
) -> None:
    volume, kept = filled(shared_project, server, guest)
    shared_project.snapshot(volume)
    clone = shared_project.volume(name="clone", source_volume_id=volume.id)
    shared_project.api.block_storage.extend_volume(clone, 2)
    assert shared_project.volume_is(clone).size == 2
    assert seen_of(clone, shared_project, server, guest) == (2 * GIB, kept)


def test_backup_of_a_volume_with_a_snapshot_comes_back_elsewhere(
    shared_project: Project, server: Server, guest: Guest
) -> None:
    volume, kept = filled(shared_project, server, guest)
    shared_project.snapshot(volume)
    backup = shared_project.backup(volume)

    larger = shared_project.volume(2, name="larger")
    shared_project.api.block_storage.restore_backup(backup, volume=larger.id)
    shared_project.volume_is(larger, within=120)
    assert seen_of(larger, shared_project, server, guest) == (2 * GIB, kept)

    shared_project.api.block_storage.restore_backup(backup, name="new")
    new = shared_project.lease_volume("new")
    shared_project.volume_is(new, within=120)
    assert seen_of(new, shared_project, server, guest) == (1 * GIB, kept)


def test_backup_is_not_written_over_what_snapshots_stand_on(
    cloud: Cloud, shared_project: Project, server: Server, guest: Guest
) -> None:
    volume, _ = filled(shared_project, server, guest)
    backup = shared_project.backup(volume)
    _, later = filled(shared_project, server, guest, volume)
    shared_project.snapshot(volume)

    shared_project.api.block_storage.restore_backup(backup, volume=volume.id)
    shared_project.volume_is(volume, "error_restoring")
    cloud.api.block_storage.reset_volume_status(volume, "available", None, None)
    assert bytes_of(volume, shared_project, server, guest) == later


def test_volume_returns_to_its_snapshot(shared_project: Project, server: Server, guest: Guest) -> None:
    volume, kept = filled(shared_project, server, guest)
    snapshot = shared_project.snapshot(volume)
    for _ in range(2):
        filled(shared_project, server, guest, volume)
        shared_project.api.block_storage.revert_volume_to_snapshot(volume, snapshot)
        shared_project.volume_is(volume)
        assert bytes_of(volume, shared_project, server, guest) == kept
    copy = shared_project.volume(name="copy", snapshot_id=snapshot.id)
    assert bytes_of(copy, shared_project, server, guest) == kept


def test_image_of_an_attached_volume_has_its_bytes(
    shared_project: Project, server: Server, guest: Guest
) -> None:
    volume = shared_project.volume()
    shared_project.attach(volume, server)
    kept = disk_of(volume, guest).fill()
    image = shared_project.image_of_volume(volume, "of-a-volume")
    copy = shared_project.volume(name="copy", image_id=image.id)
    assert bytes_of(copy, shared_project, server, guest) == kept

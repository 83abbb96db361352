"""A volume, its snapshot, and a copy that is handed over."""

import pytest
from openstack.block_storage.v3.snapshot import Snapshot
from openstack.block_storage.v3.volume import Volume

from lab.exercise.looking import one
from lab.project import Project


def volume_called(name: str, project: Project) -> Volume:
    volumes = (volume for volume in project.api.block_storage.volumes() if volume.name == name)
    return one(volumes, f"There is no volume {name} yet.")


@pytest.fixture
def ledger(project: Project) -> Volume:
    return volume_called("ledger", project)


@pytest.fixture
def monday(project: Project) -> Snapshot:
    snapshots = (one for one in project.api.block_storage.snapshots() if one.name == "ledger-monday")
    return one(snapshots, "There is no snapshot ledger-monday yet.")


@pytest.fixture
def copy(project: Project) -> Volume:
    return volume_called("ledger-copy", project)


def test_volume(ledger: Volume) -> None:
    """A volume ledger."""
    assert ledger.status in {"available", "in-use"}, f"The volume ledger is {ledger.status}."
    assert ledger.size == 1, "The volume ledger is not of the size that is asked for."


def test_snapshot(ledger: Volume, monday: Snapshot) -> None:
    """A snapshot of it."""
    assert monday.volume_id == ledger.id, "The snapshot ledger-monday is one of another volume."
    assert monday.status == "available", f"The snapshot is {monday.status}."


def test_copy(monday: Snapshot, copy: Volume) -> None:
    """A copy made from the snapshot."""
    assert copy.snapshot_id == monday.id, "ledger-copy was not made from the snapshot."


def test_handed_over(project: Project, copy: Volume) -> None:
    """The copy waits to be taken over."""
    transfers = (each for each in project.api.block_storage.transfers() if each.volume_id == copy.id)
    one(transfers, "Nobody could take over ledger-copy.")

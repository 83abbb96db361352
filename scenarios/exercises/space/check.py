"""An export that has room for volumes."""

from pathlib import Path

from lab.exercise.looking import one
from lab.machine import Machine
from lab.project import Project

EXPORT = "/srv/dietstack/volumes"


def test_room(control: Machine) -> None:
    """What took the room is gone."""
    others = control.run(f"find {EXPORT} -type f -size +1024G").splitlines()
    assert not others, "Something that is no volume still takes all the room that Cinder can promise."


def test_volumes_that_were_there(control: Machine, kept: Path) -> None:
    """Every volume is as it was."""
    before = set((kept / "volumes").read_text().splitlines())
    lost = before - set(control.run(f"find {EXPORT} -maxdepth 1 -name 'volume-*'").splitlines())
    assert not lost, f"What belongs to a volume is not where it was: {', '.join(sorted(lost))}."


def test_volume(project: Project) -> None:
    """A new volume."""
    volumes = (volume for volume in project.api.block_storage.volumes() if volume.name == "minutes")
    minutes = one(volumes, "There is no volume minutes yet.")
    assert minutes.status == "available", f"The volume minutes is {minutes.status}."
    assert minutes.size == 1, "The volume minutes is not of the size that is asked for."

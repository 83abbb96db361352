"""Prune names and removes what killed processes left of checkpoints, and nothing that is being written."""

from pathlib import Path

import pytest

from lab import prune
from lab.checkpoint import checkpoints_of, save
from lab.checkpoint import half_written as module
from lab.checkpoint.kept import being_written
from lab.errors import LabError, Layer
from lab.holding import hold
from lab.labs import Lab
from lab.report import Report, State
from lab.stages import stages_directory
from tests.unit.lab.world import World


@pytest.fixture
def half(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is left of a save that was killed."""
    monkeypatch.setattr(prune, "PROVIDERS", {})
    folder = lab.directory / "checkpoints/one.unfinished"
    folder.mkdir(parents=True)
    (folder / "writer.lock").write_text("1\n")
    (folder / "control.tar").write_text("ha")
    return folder


def told() -> list[str]:
    return [str(thing) for thing in prune.leftovers().things]


def test_it_goes_and_machines_that_stood_still_go_on(lab: Lab, half: Path, world: World) -> None:
    save(lab, "whole", Report())
    world.paused = True
    assert told() == ["half-written checkpoint one"]
    assert half.exists()
    assert [str(thing) for thing in prune.prune(Report()).things] == ["half-written checkpoint one"]
    assert not half.exists()
    assert not world.paused
    assert len(list(checkpoints_of(lab))) == 1
    assert told() == []


def test_what_is_being_written_stays(lab: Lab, half: Path) -> None:
    with being_written(lab.directory / "checkpoints/two"):
        assert told() == ["half-written checkpoint one"]
    assert half.exists()


def test_a_lab_that_somebody_is_at_work_with_is_left_alone(lab: Lab, half: Path, world: World) -> None:
    world.paused = True
    report = Report()
    with hold(lab):
        assert prune.prune(report).things == []
    assert [event.state for event in report.events] == [State.STARTED, State.FAILED]
    assert "is at work with it" in report.events[-1].text
    assert half.exists()
    assert world.paused


def test_one_that_does_not_go_keeps_no_other(lab: Lab, half: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (another := half.with_name("another.unfinished")).mkdir()
    errors = [LabError(Layer.MACHINE, "docker unpause returned 1"), None, PermissionError(13, "not yours")]

    def recover(_lab: Lab) -> None:
        if error := errors.pop(0):
            raise error

    monkeypatch.setattr(module, "recover", recover)
    with pytest.raises(LabError, match=r"^machine: .* another cannot be removed: docker unpause returned 1$"):
        prune.prune(Report())
    assert not half.exists()
    with pytest.raises(LabError, match=r" another cannot be removed: \[Errno 13\] not yours$"):
        prune.prune(Report())
    assert another.exists()
    assert lab.directory.exists()


def test_stages_that_are_half_kept_go_as_well(lab: Lab) -> None:
    assert lab.directory.exists()
    half = stages_directory() / "0123.unfinished"
    half.mkdir(parents=True)
    assert [str(thing) for thing in module.half_written()] == ["half-written checkpoint 0123"]
    module.half_written()[0].remove()
    assert not half.exists()

"""A lab comes back as it was saved, or stays as it is."""

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lab.checkpoint import find_checkpoint, recover, restore, save
from lab.checkpoint.restoring import mark_of, note_of, remember
from lab.deadline import Deadline
from lab.errors import LabError, Refused, TooLate
from lab.holding import hold
from lab.labs import Lab, Phase, create_lab, find_lab
from lab.private import write_private
from lab.report import Report
from tests.unit.lab.clock import Clock
from tests.unit.lab.scenarios import MULTINODE
from tests.unit.lab.world import FakeStates, World

SMALLER = MULTINODE.with_computes(1)


@pytest.fixture
def saved(lab: Lab, world: World) -> Lab:
    """A lab with the checkpoint `one`, in which was written since."""
    save(lab, "one", Report())
    world.write("since")
    world.beat()
    return lab


def test_it_is_as_it_was_saved(saved: Lab, world: World) -> None:
    saved.clouds_yaml.write_text("of another password")
    report = Report()
    restore(saved.save(phase=Phase.UNFINISHED), "one", report)
    assert set(world.written.values()) == {"saved"}
    assert find_lab("multinode").phase is Phase.READY
    assert saved.clouds_yaml.read_text() == "clouds: {}\n"
    assert saved.clouds_yaml.stat().st_mode & 0o777 == 0o600
    assert not mark_of(saved).exists()
    assert report.events[-1].state == "done"


def test_the_exercise_that_was_under_way_is_so_again(saved: Lab, world: World) -> None:
    passed, kept = saved.seats / "learner/exercises/volumes.json", saved.seats / "learner/kept/volumes/steps"
    write_private(passed, "under way")
    write_private(kept, "the first")
    kept.with_name("newest").symlink_to(kept)
    save(saved, "two", Report())
    passed.write_text("passed")
    write_private(passed.with_name("networks.json"), "under way")
    kept.unlink()
    world.beat()
    restore(saved, "two", Report())
    assert passed.read_text() == "under way"
    assert [file.name for file in passed.parent.iterdir()] == ["volumes.json"]
    assert kept.with_name("newest").read_text() == "the first"
    assert passed.stat().st_mode & 0o777 == 0o600
    restore(saved, "one", Report())
    assert not saved.seats.exists()


def test_what_was_done_with_exercises_is_put_back(saved: Lab, world: World) -> None:
    write_private(saved.seats / "learner/exercises/volumes.json", "passed")
    world.identities["compute2"] = 7
    with pytest.raises(LabError, match="instead of compute2"):
        restore(saved, "one", Report())
    assert (saved.seats / "learner/exercises/volumes.json").read_text() == "passed"


def test_a_silent_part_is_waited_for_and_all_is_put_back_without_it(
    saved: Lab, world: World, clock: Clock
) -> None:
    assert clock.now == 0
    world.heartbeats["nova-compute on compute1"] -= timedelta(hours=2)
    saved.clouds_yaml.write_text("as it was")
    with pytest.raises(
        LabError, match=r"^service: the cloud: not within .*silent: nova-compute on compute1$"
    ):
        restore(saved, "one", Report())
    assert set(world.written.values()) == {"since"}
    assert saved.clouds_yaml.read_text() == "as it was"
    assert not mark_of(saved).exists()


def test_another_machine_is_not_taken_for_the_saved_one(saved: Lab, world: World) -> None:
    world.identities["compute2"] = 7
    with pytest.raises(LabError, match=r"^machine: machine compute2 is compute2 7 instead of compute2 1$"):
        restore(saved, "one", Report())
    assert set(world.written.values()) == {"since"}


def test_a_machine_that_is_gone_is_booted_first(saved: Lab, world: World) -> None:
    world.removed = ["compute2"]
    report = Report()
    restore(saved, "one", report)
    assert "boot" in {event.stage for event in report.events}
    assert world.written["compute2"] == "saved"


def test_machines_of_another_size_of_the_lab_come_and_go(saved: Lab, world: World) -> None:
    larger = saved.save(scenario=MULTINODE.with_computes(3))
    assert restore(larger, "one", Report()).scenario == MULTINODE
    assert world.removed == ["compute3"]
    world.removed.clear()
    smaller = saved.save(scenario=SMALLER)
    assert restore(smaller, "one", Report()).scenario == MULTINODE


def test_a_full_disk_keeps_the_lab_as_it_is(saved: Lab, world: World) -> None:
    world.full = True
    with pytest.raises(OSError, match="No space left on device"):
        restore(saved, "one", Report())
    assert set(world.written.values()) == {"since"}
    assert world.laid_out == {}
    assert not mark_of(saved).exists()


def changed(**fields: object) -> Callable[[Path], None]:
    """The manifest has other FIELDS."""

    def change(folder: Path) -> None:
        file = folder / "manifest.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | fields))

    return change


def missing(name: str) -> Callable[[Path], None]:
    """The file NAME is gone."""
    return lambda folder: (folder / name).unlink()


def written(name: str, content: bytes) -> Callable[[Path], None]:
    """The file NAME has CONTENT."""

    def write(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return write


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (missing("compute1.tar"), "it is damaged, compute1.tar is missing; remove it: dslab forget one"),
        (written("compute1.tar", b"sav"), "it is damaged, compute1.tar has not its 5 bytes"),
        (written("compute1.tar", b"sAved"), "it is damaged, compute1.tar is not what was written"),
        (missing("manifest.json"), "it is damaged, manifest.json is missing"),
        (written("manifest.json", b"{"), "it is damaged, manifest.json says nothing"),
        (written("manifest.json", b"\xff"), "it is damaged, manifest.json says nothing"),
        (changed(parts="all"), "it is damaged, manifest.json says nothing"),
        (changed(version="2025.1/1"), "it is of version 2025.1/1, and 20.* is read here"),
        (changed(provider="libvirt"), "it is of provider libvirt, and lab multinode on docker"),
        (changed(lab="other"), "it is of lab other, not of multinode; restore another: dslab checkpoints"),
        (changed(ds="192.168.77.0/24"), "it has the networks 192.168.77.0/24 and 192.168.99.0/24"),
        (changed(made_of="old images"), "it stands on other images than the machines of lab multinode"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_lab_is_kept(
    saved: Lab, world: World, damage: Callable[[Path], None], words: str
) -> None:
    damage(find_checkpoint(saved, "one").folder)
    with pytest.raises(Refused, match=f"^checkpoint 'one': {words}"):
        restore(saved, "one", Report())
    assert set(world.written.values()) == {"since"}
    assert not mark_of(saved).exists()


def test_one_that_is_not_there(saved: Lab) -> None:
    with pytest.raises(Refused, match="lab multinode has none of this name; there are: one"):
        restore(saved, "two", Report())


def test_who_holds_the_lab_keeps_others_from_restoring_it(saved: Lab) -> None:
    with (
        hold(saved),
        pytest.raises(Refused, match=r"process \d+ is at work with it; wait for it or end it$"),
        hold(saved),
    ):
        pytest.fail("two at once")


def test_a_killed_restore_is_undone_before_anything_else(saved: Lab, world: World) -> None:
    world.hung = True
    remember(saved)
    world.former, world.written = dict(world.written), dict.fromkeys(world.written, "half of it")
    saved.save(scenario=SMALLER)
    recover(find_lab("multinode"))
    assert set(world.written.values()) == {"since"}
    assert find_lab("multinode").scenario == MULTINODE
    assert not mark_of(saved).exists()
    restore(find_lab("multinode"), "one", Report())
    assert set(world.written.values()) == {"saved"}


def test_what_a_killed_restore_laid_out_goes_before_anything_else(
    saved: Lab, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(FakeStates, "settle", lambda *_: None)
        restore(saved, "one", Report())  # killed after all, but for that
        write_private(note_of(saved), "")
    assert world.laid_out
    recover(find_lab("multinode"))
    assert not world.laid_out
    assert not note_of(saved).exists()
    assert set(world.written.values()) == {"saved"}


def test_nothing_is_looked_for_beside_the_machines_where_nothing_was_laid_out(
    saved: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    restore(saved, "one", Report())
    monkeypatch.setattr(FakeStates, "settle", lambda *_: pytest.fail("it takes a container for each machine"))
    recover(find_lab("multinode"))


def test_a_machine_that_hangs_with_a_late_clock_is_mended_by_a_restore(saved: Lab, world: World) -> None:
    world.hung = world.paused = True
    with pytest.raises(TooLate, match="the clock of machine control"):
        save(saved, "two", Report())
    restore(saved, "one", Report())
    assert set(world.written.values()) == {"saved"}
    assert not world.paused


def test_what_was_is_on_the_disk_before_it_is_remembered(saved: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    on_disk: list[Path] = []
    fsync, rename = os.fsync, Path.replace

    def note(descriptor: int) -> None:
        fsync(descriptor)
        on_disk.append(Path(f"/proc/self/fd/{descriptor}").readlink())

    def follow(file: Path, target: Path) -> Path:
        on_disk.extend([target] if file in on_disk else [])
        return rename(file, target)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(Path, "replace", follow)
    remember(saved)
    mark = mark_of(saved)
    assert {mark.with_suffix(".new") / name for name in ("clouds.yaml", "lab.json")} <= set(on_disk)
    assert on_disk[-2:] == [mark, saved.directory]


def test_machines_that_a_killed_restore_booted_go(saved: Lab, world: World) -> None:
    remember(saved)
    world.former = dict(world.written)
    saved.save(scenario=MULTINODE.with_computes(3))
    recover(find_lab("multinode"))
    assert world.removed == ["compute3"]
    assert find_lab("multinode").scenario == MULTINODE


def test_deadlines_are_those_of_the_saved_machines(lab: Lab, world: World) -> None:
    save(lab.save(slowness=3.5), "slow", Report())
    world.beat()
    assert restore(lab.save(slowness=1.0), "slow", Report()).slowness == 3.5
    assert Deadline.slowness == 3.5


def test_other_labs_do_not_have_it(saved: Lab) -> None:
    other = create_lab(MULTINODE, "docker", "other")
    with pytest.raises(Refused, match="lab other has none of this name; there are: none"):
        restore(other, "one", Report())
    assert saved.directory.exists()

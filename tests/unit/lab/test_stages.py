"""Stages are kept for the next lab that is made of the same, and for no other."""

from errno import ENOSPC
from pathlib import Path
from typing import Any

import pytest
from openstack.exceptions import SDKException

from lab import stages
from lab.checkpoint.kept import remove
from lab.errors import LabError, Layer, Refused
from lab.labs import Lab, Phase, create_lab, find_lab, forget_lab
from lab.report import Report, State
from lab.scenario import Scenario, Stage
from lab.stages import (
    Kept,
    forget_stage,
    forget_stages,
    hash_of,
    kept_stages,
    refuse_stages,
    stages_directory,
)
from lab.up import bring_up
from tests.unit.lab.scenarios import MULTINODE
from tests.unit.lab.world import FakeStates, World

OWN = MULTINODE.model_copy(
    update={"stages": (Stage(name="first", run="one"), Stage(name="second", run="two"))}
)


@pytest.fixture(autouse=True)
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout in which a deployment is one file."""
    (tmp_path / "runds.sh").write_text("true\n")
    monkeypatch.setattr(stages, "ROOT", tmp_path)
    monkeypatch.setattr(stages, "DEPLOYED", ("runds.sh",))
    monkeypatch.setattr(stages, "SCENARIOS", tmp_path / "scenarios")


def new_lab(
    world: World, scenario: Scenario = MULTINODE, name: str = "", *, keeps_stages: bool = True
) -> Lab:
    """A new lab of SCENARIO, in which nothing was done, on the networks of the one before."""
    for directory in {lab.parent for lab in world.directories}:
        forget_lab(directory)
    world.scripts.clear()
    world.servers_on.clear()
    lab = create_lab(scenario, "docker", name, keeps_stages=keeps_stages)
    world.directories = [lab.file]
    return lab


def done(report: Report) -> list[str]:
    """What was done, in its order."""
    return [event.stage for event in report.events if event.state is State.DONE]


def up(lab: Lab, **options: Any) -> list[str]:
    """What is done to bring LAB up."""
    report = Report()
    bring_up(lab, report, **options)
    return done(report)


def test_each_stage_is_kept_as_it_completes(world: World) -> None:
    deployed = ["deploy compute1", "deploy compute2"]
    lab = new_lab(world, OWN)
    world.beat()
    told = up(lab)
    assert [one for one in told if one not in deployed] == [
        *("boot", "deploy control", "keep stage control", "keep stage computes", "check", "keep stage ready"),
        *("first", "keep stage first", "second", "keep stage second"),
    ]
    assert find_lab("multinode").stage == "second"
    assert {kept.manifest.stage for kept in kept_stages()} == {
        *("control", "computes", "ready", "first", "second")
    }


def test_the_next_lab_begins_with_the_last_stage(world: World) -> None:
    up(new_lab(world, OWN))
    world.beat()
    assert up(new_lab(world, OWN, "other")) == ["boot", "restore second"]
    assert (find_lab("other").phase, find_lab("other").stage) == (Phase.READY, "second")
    assert world.scripts == {}
    assert world.servers_on == []


def test_no_memory_is_kept_and_so_none_of_servers_that_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.checkpoint.saving.is_undefined", lambda _lab: True)
    world.running = ["web"]
    up(new_lab(world))
    assert world.memory_saved == [False] * 3
    assert len(list(kept_stages())) == 3


def test_a_lab_with_secrets_of_its_own_takes_them_from_none_and_gives_them_to_none(world: World) -> None:
    own = ["boot", "deploy control", "deploy compute1", "deploy compute2", "check"]
    assert sorted(up(new_lab(world, keeps_stages=False))) == sorted(own)
    assert list(kept_stages()) == []
    up(new_lab(world))
    assert sorted(up(new_lab(world, keeps_stages=False))) == sorted(own)
    mend = "lab multinode has secrets of its own, and begins after no stage that was kept; leave it out"
    with pytest.raises(Refused, match=f"^--from 'ready': {mend}$"):
        up(find_lab("multinode"), start="ready")


def test_who_goes_on_with_a_lab_with_secrets_of_its_own_does_not_keep_them(world: World) -> None:
    world.failing = {"control"}
    with pytest.raises(LabError):
        up(new_lab(world, keeps_stages=False))
    world.failing = set()
    up(find_lab("multinode"))
    assert find_lab("multinode").phase is Phase.READY
    assert list(kept_stages()) == []


def test_what_was_edited_is_done_again_and_nothing_before_it(world: World) -> None:
    up(new_lab(world, OWN))
    world.beat()
    edited = OWN.model_copy(update={"stages": (OWN.stages[0], Stage(name="second", run="three"))})
    assert up(new_lab(world, edited)) == ["boot", "restore first", "second", "keep stage second"]
    assert sum(kept.manifest.stage == "second" for kept in kept_stages()) == 1


def test_another_deployment_begins_anew(world: World, tmp_path: Path) -> None:
    up(new_lab(world))
    world.beat()
    (tmp_path / "runds.sh").write_text("false\n")
    assert "deploy control" in up(new_lab(world))
    assert len(list(kept_stages())) == 3


def test_other_images_begin_anew(world: World) -> None:
    up(new_lab(world))
    world.images = "others"
    assert "deploy control" in up(new_lab(world))


def test_other_networks_begin_anew(world: World) -> None:
    up(new_lab(world))
    beside = create_lab(MULTINODE, "docker", "beside")
    assert "deploy control" in up(beside)


def test_a_stage_that_is_damaged_is_not_used_and_made_again(world: World) -> None:
    lab = new_lab(world)
    up(lab)
    world.beat()
    kept = Kept(find_lab("multinode")).checkpoint("ready")
    assert kept
    (kept.folder / "control.tar").unlink()
    assert up(new_lab(world)) == ["boot", "restore computes", "check", "keep stage ready"]


def test_a_stage_that_turns_out_to_be_damaged_goes_and_the_one_before_is_taken(world: World) -> None:
    world.write("kept")
    up(new_lab(world))
    world.beat()
    damage(Kept(find_lab("multinode")), "ready")
    told = ["boot", "forget stage ready", "restore computes", "check", "keep stage ready"]
    assert up(new_lab(world)) == told
    assert find_lab("multinode").phase is Phase.READY


@pytest.mark.parametrize(
    "happens", [LabError(Layer.MACHINE, "docker run returned 1"), FileNotFoundError("control.tar")]
)
def test_a_stage_that_somebody_forgets_meanwhile_is_not_used_and_the_one_before_is_taken(
    world: World, monkeypatch: pytest.MonkeyPatch, happens: Exception
) -> None:
    lay_out = FakeStates.lay_out

    def be_late(states: FakeStates, lab: Lab, folder: Path) -> None:
        if folder == ready.folder:
            remove(folder)
            raise happens
        lay_out(states, lab, folder)

    up(new_lab(world))
    world.beat()
    (ready,) = (kept for kept in kept_stages() if kept.manifest.stage == "ready")
    monkeypatch.setattr(FakeStates, "lay_out", be_late)
    told = up(new_lab(world))
    assert told == ["boot", "restore computes", "check", "keep stage ready"]
    assert find_lab("multinode").phase is Phase.READY


@pytest.mark.parametrize(
    "happens",
    [
        Refused("storage driver of Docker", "vfs", "checkpoints need overlay2"),
        LabError(Layer.MACHINE, "control does not answer"),
        OSError(ENOSPC, "No space left on device"),
    ],
)
def test_a_stage_that_is_well_stays_whatever_keeps_a_lab_from_beginning_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch, happens: Exception
) -> None:
    def fail(*_arguments: object) -> None:
        raise happens

    up(new_lab(world))
    lab = new_lab(world)
    monkeypatch.setattr(FakeStates, "lay_out", fail)
    with pytest.raises(type(happens)):
        bring_up(lab, Report())
    assert len(list(kept_stages())) == 3


def test_a_stage_that_is_asked_for_and_turns_out_to_be_damaged_is_not_kept_any_more(world: World) -> None:
    world.write("kept")
    up(new_lab(world))
    damage(Kept(find_lab("multinode")), "ready")
    with pytest.raises(Refused, match=r"^--from 'ready': it is not kept, .*there are: control, computes$"):
        up(find_lab("multinode"), start="ready")


def damage(kept: Kept, stage: str) -> None:
    """Let a file of what is kept of STAGE have as many bytes, and others."""
    checkpoint = kept.checkpoint(stage)
    assert checkpoint
    (checkpoint.folder / "control.tar").write_text("torn")
    assert kept.checkpoint(stage)


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (OSError(ENOSPC, "No space left on device"), "No space left on device"),
        (Refused("storage driver of Docker", "vfs", "checkpoints need overlay2"), "need overlay2"),
        (LabError(Layer.MACHINE, "control does not answer"), "machine: control does not answer"),
        (SDKException("no route"), "service: the cloud does not answer as it should: no route"),
    ],
)
def test_what_cannot_be_kept_is_told_and_the_lab_comes_up(
    world: World, monkeypatch: pytest.MonkeyPatch, happens: Exception, words: str
) -> None:
    def fail(_states: FakeStates, _lab: Lab, folder: Path, **_options: bool) -> None:
        (folder / "control.tar").write_text("ha")
        raise happens

    monkeypatch.setattr(FakeStates, "save", fail)
    report = Report()
    bring_up(new_lab(world, OWN), report)
    assert find_lab("multinode").phase is Phase.READY
    told = {event.stage: event.text for event in report.events if event.state is State.FAILED}
    assert set(told) == {f"keep stage {one}" for one in OWN.stage_names[1:]}
    assert all(words in text for text in told.values())
    assert list(stages_directory().iterdir()) == []


def test_until_and_on(world: World) -> None:
    lab = new_lab(world, OWN)
    assert up(lab, until="control") == ["boot", "deploy control", "keep stage control"]
    now = find_lab("multinode")
    assert (now.phase, now.stage) == (Phase.UNFINISHED, "control")
    assert "restore control" not in up(now)  # it is there
    assert find_lab("multinode").phase is Phase.READY


def test_a_lab_that_is_ready_begins_from_a_stage_again(world: World) -> None:
    up(new_lab(world, OWN))
    world.beat()
    told = up(find_lab("multinode"), start="ready")
    assert told == ["boot", "restore ready", "first", "second"]
    assert find_lab("multinode").phase is Phase.READY


def test_a_lab_that_is_ready_is_left_as_it_is_and_not_kept(world: World) -> None:
    up(new_lab(world, OWN))
    forget_stages()
    again = up(find_lab("multinode"))
    assert not [one for one in again if one.startswith(("restore", "keep", "first", "second"))]
    assert list(kept_stages()) == []


def test_what_failed_is_not_kept(world: World) -> None:
    world.failing = {"compute1"}
    lab = new_lab(world)
    with pytest.raises(LabError):
        bring_up(lab, Report())
    assert [kept.manifest.stage for kept in kept_stages()] == ["control"]


@pytest.mark.parametrize(
    ("start", "until", "words"),
    [
        ("demo", "", "--from 'demo': scenario multinode has the stages machines, control, computes, ready"),
        ("", "demo", "--until 'demo': scenario multinode has the stages"),
        (
            "ready",
            "control",
            "--until 'control': it comes before --from ready; the order is machines, control",
        ),
    ],
)
def test_stages_that_cannot_be(start: str, until: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        refuse_stages(MULTINODE, start, until)


def test_a_stage_that_is_not_kept_is_refused(world: World) -> None:
    lab = new_lab(world)
    with pytest.raises(Refused, match=r"^--from 'ready': .*there are: none$"):
        bring_up(lab, Report(), start="ready")
    assert world.scripts == {}


def test_a_lab_that_is_ready_is_so_after_a_refusal(world: World) -> None:
    lab = new_lab(world).save(phase=Phase.READY)
    with pytest.raises(Refused, match=r"^--from 'ready'"):
        bring_up(lab, Report(), start="ready")
    assert find_lab(lab.name).phase is Phase.READY


def test_own_stages_have_names_of_their_own() -> None:
    twice = {"stages": [{"name": "ready", "run": "true"}]}
    with pytest.raises(ValueError, match="give each stage a name of its own, none of machines, control"):
        Scenario.model_validate(MULTINODE.model_dump() | twice)


def test_stages_are_forgotten(world: World) -> None:
    up(new_lab(world))
    assert forget_stages() == 3
    assert list(kept_stages()) == []
    forget_stage(stages_directory() / "which somebody else has removed")


def test_the_hash_knows_names_contents_and_who_may_run_a_file(tmp_path: Path) -> None:
    file = tmp_path / "deploy/one.sh"
    file.parent.mkdir()
    file.write_text("one")
    hashes = [hash_of([file.parent])]
    file.chmod(0o755)
    hashes.append(hash_of([file.parent]))
    file.write_text("two")
    hashes.append(hash_of([file.parent]))
    file.rename(file.with_name("two.sh"))
    hashes.append(hash_of([file.parent]))
    assert len(set(hashes)) == 4

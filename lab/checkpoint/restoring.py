"""A lab brought back to a checkpoint; or kept as it was, if that fails at any point."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from lab.api import cloud_answers
from lab.checkpoint.kept import Checkpoint, find_checkpoint
from lab.checkpoint.own_files import bring_own_files, keep_own_files
from lab.checkpoint.verification import verify
from lab.deadline import Deadline
from lab.errors import LabError, Refused
from lab.labs import LAB_FILE, Lab, Phase, find_lab, read_lab
from lab.private import flush, write_private
from lab.provider.byname import provider_called
from lab.report import Report, Stage


def restore(lab: Lab, name: str, report: Report) -> Lab:
    """LAB as it was when its checkpoint NAME was saved, ready and verified; the caller holds it.

    Refused, with all as it is, when the checkpoint does not fit the lab or is damaged. After any other error
    the machines start again with what they had before.
    """
    checkpoint = find_checkpoint(lab, name)
    if checkpoint.manifest.lab != lab.name:
        raise misfit(checkpoint, f"it is of lab {checkpoint.manifest.lab}, not of {lab.name}")
    return bring_back(lab, checkpoint, report).save(phase=Phase.READY)


def bring_back(lab: Lab, checkpoint: Checkpoint, report: Report) -> Lab:
    """LAB as CHECKPOINT, also one of another lab, has it; the rest as in `restore`."""
    manifest = checkpoint.manifest
    with report.stage(f"restore {manifest.name}") as stage, cloud_answers():
        stage.waiting_for("a look at the checkpoint")
        refuse_misfit(lab, checkpoint)
        checkpoint.refuse_damaged(thorough=True)
        Deadline.slowness = manifest.slowness
        lab = undo_what_was_killed(lab)
        scenario = lab.scenario.model_copy(update={"machines": manifest.scenario.machines})
        then = lab.model_copy(
            update={"scenario": scenario, "slowness": manifest.slowness, "stage": manifest.stage}
        )
        lay_out(lab, then, checkpoint, report, stage)
        exchange(lab, then, checkpoint, stage)
    return find_lab(lab.name)


def refuse_misfit(lab: Lab, checkpoint: Checkpoint) -> None:
    """Raise Refused unless CHECKPOINT is of the provider, the networks and the images of LAB."""
    manifest = checkpoint.manifest
    if manifest.provider != lab.provider:
        raise misfit(
            checkpoint, f"it is of provider {manifest.provider}, and lab {lab.name} on {lab.provider}"
        )
    if (manifest.ds, manifest.external) != (lab.ds, lab.external):
        theirs = f"{manifest.ds} and {manifest.external}"
        raise misfit(
            checkpoint, f"it has the networks {theirs}, and lab {lab.name} {lab.ds} and {lab.external}"
        )
    if manifest.made_of != provider_called(lab.provider).states.made_of(lab):
        raise misfit(checkpoint, f"it stands on other images than the machines of lab {lab.name}")


def misfit(checkpoint: Checkpoint, why: str) -> Refused:
    """The refusal of a CHECKPOINT that is whole, but not for this lab."""
    return Refused("checkpoint", checkpoint.manifest.name, f"{why}; restore another: dslab checkpoints")


def lay_out(lab: Lab, then: Lab, checkpoint: Checkpoint, report: Report, stage: Stage) -> None:
    """Boot what LAB lacks to be as it was THEN, and put the checkpoint beside what the machines have.

    When that fails, what it made goes again.
    """
    provider = provider_called(lab.provider)
    lacking = provider.states.lacking(then)
    try:
        if lacking:
            stage.waiting_for(f"machines that are not there: {', '.join(lacking)}")
            booted = provider.up(lab.save(scenario=then.scenario), report)
            for name in lacking:
                if isinstance(error := booted[name], LabError):
                    raise error
        stage.waiting_for("a copy of the checkpoint, beside what the machines have")
        write_private(note_of(lab), "")
        provider.states.lay_out(then, checkpoint.folder)
    except BaseException:
        settle(then)
        remove_machines(then, [name for name in lacking if name not in lab.scenario.machines])
        lab.save()
        raise


def exchange(lab: Lab, then: Lab, checkpoint: Checkpoint, stage: Stage) -> None:
    """Let LAB be what was laid out, and see that it is well; all is put back when it is not."""
    provider = provider_called(lab.provider)
    machines = provider.machines(lab)
    going = [name for name in lab.scenario.machines if name not in then.scenario.machines]
    remember(lab)
    try:
        stage.waiting_for(f"ssh in {', '.join(then.scenario.machines)}")
        for name in going:
            if provider.is_up(machines[name]):
                provider.power_off(machines[name])
        bring_own_files(then, checkpoint.folder)
        since = datetime.now(UTC).replace(microsecond=0)
        provider.states.exchange(then, checkpoint.folder)
        verify(then, provider.machines(then), checkpoint.manifest, since, stage)
    except BaseException:
        stage.waiting_for("the lab as it was before")
        put_back(lab)
        raise
    then.save()
    remove_mark(lab)  # from here on it is restored
    remove_machines(lab, going)
    settle(then)


def remove_machines(lab: Lab, names: Sequence[str]) -> None:
    """Remove the machines NAMES of LAB."""
    provider = provider_called(lab.provider)
    machines = provider.machines(lab)
    for name in names:
        provider.remove(machines[name])


def recover(lab: Lab) -> Lab:
    """LAB without what a killed save or restore left: machines that stand still, half exchanged, or late.

    Nothing stands beside what they have either.
    """
    lab = undo_what_was_killed(lab)
    provider_called(lab.provider).states.set_clocks(lab)
    return lab


def undo_what_was_killed(lab: Lab) -> Lab:
    """As `recover`, but no machine has to answer: a restore is what mends those that never will."""
    if mark_of(lab).exists():
        put_back(read_lab(mark_of(lab)))
    else:
        provider_called(lab.provider).states.resume(lab)
    if note_of(lab).exists():
        settle(find_lab(lab.name))
    return find_lab(lab.name)


def settle(lab: Lab) -> None:
    """Remove what stands beside what the machines of LAB have."""
    provider_called(lab.provider).states.settle(lab)
    note_of(lab).unlink(missing_ok=True)


def note_of(lab: Lab) -> Path:
    """The file that is there while something may stand beside what the machines of LAB have."""
    return lab.directory / "laid-out"


def mark_of(lab: Lab) -> Path:
    """The folder that is there while LAB is neither as it was nor as it shall be; what it was is in it."""
    return lab.directory / "restoring"


def remember(lab: Lab) -> None:
    """Write down what the host has of LAB before it is changed."""
    new = mark_of(lab).with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    keep_own_files(lab, new)
    write_private(new / LAB_FILE, lab.model_dump_json())
    new.replace(mark_of(lab))
    flush(lab.directory)


def put_back(lab: Lab) -> None:
    """Let LAB be what it was before a restore that did not come to its end; machines it booted go."""
    now = find_lab(lab.name)
    remove_machines(now, [name for name in now.scenario.machines if name not in lab.scenario.machines])
    bring_own_files(lab, mark_of(lab))
    provider_called(lab.provider).states.put_back(lab)
    lab.save()
    remove_mark(lab)


def remove_mark(lab: Lab) -> None:
    """Say at one blow that LAB is whole."""
    gone = mark_of(lab).with_suffix(".gone")
    shutil.rmtree(gone, ignore_errors=True)
    mark_of(lab).replace(gone)
    flush(lab.directory)
    shutil.rmtree(gone)

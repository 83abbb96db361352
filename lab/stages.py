"""The stages in which a lab comes up, each kept as a checkpoint for the next lab that is made of the same.

The key of a stage is a hash of all that goes into it: the next lab begins after the latest stage whose key is
still the same. Its machines are new, and no memory fits them: none is kept. The machines alone are not kept,
as they boot faster than they come back.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab.api import cloud_answers
from lab.checkpoint.kept import UNFINISHED, Checkpoint, read_checkpoint, remove
from lab.checkpoint.manifest import version
from lab.checkpoint.restoring import bring_back
from lab.checkpoint.saving import write_down
from lab.errors import LabError, Refused
from lab.labs import Lab, labs_directory
from lab.paths import ROOT
from lab.provider.byname import provider_called
from lab.report import Report
from lab.scenario import MACHINE_STAGE, Scenario
from lab.scenario_file import SCENARIOS

DEPLOYED = (
    "deploy",
    "images/release",
    "runds.sh",
    "dscli.sh",
    "destroyds.sh",
)  # what a deployment is made of


def stages_directory() -> Path:
    """The folder that has one checkpoint a stage, called by its key."""
    return labs_directory() / ".stages"


@dataclass(frozen=True)
class Kept:
    """The stages of LAB that are kept, and how it goes on from one of them."""

    lab: Lab

    def key(self, stage: str) -> str:
        """The key of STAGE: changes when anything does that goes into it."""
        scenario = self.lab.scenario
        names = scenario.stage_names
        own = scenario.stages[: max(0, names.index(stage) + 1 - (len(names) - len(scenario.stages)))]
        inputs = {
            "version": version(),
            "stage": stage,
            "scenario": scenario.model_dump(mode="json", include={"name", "machines", "deploy"}),
            "own": [one.model_dump() for one in own],
            "networks": [str(self.lab.ds), str(self.lab.external)],
            "provider": self.lab.provider,
            "images": provider_called(self.lab.provider).states.made_of(self.lab),
            "files": hash_of([ROOT / one for one in DEPLOYED]),
            "own files": hash_of([SCENARIOS / scenario.name]) if own else "",
        }
        return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:24]

    def checkpoint(self, stage: str) -> Checkpoint | None:
        """The checkpoint of STAGE, if there is one that can be used."""
        return usable(stages_directory() / self.key(stage))

    def latest(self, until: str) -> Checkpoint | None:
        """The checkpoint of the latest stage that is kept, not after UNTIL."""
        names = self.lab.scenario.stage_names
        for stage in reversed(names[: names.index(until) + 1]):
            if found := self.checkpoint(stage):
                return found
        return None

    def keep(self, stage: str, report: Report) -> None:
        """Keep STAGE, which the lab has just completed; what was kept of it before goes.

        What keeps it from that is only told: the lab goes on without.
        """
        if stage == MACHINE_STAGE or self.checkpoint(stage):
            return
        failures = suppress(LabError, Refused, OSError)
        with failures, report.stage(f"keep stage {stage}") as part, cloud_answers():
            folder = stages_directory() / self.key(stage)
            if folder.is_dir():  # one that cannot be used
                forget_stage(folder)
            write_down(self.lab, folder, stage, part, memory=False)
            for former in kept_stages():
                if former.folder != folder and is_the_same(former, self.lab, stage):
                    forget_stage(former.folder)

    def begin_from(self, checkpoint: Checkpoint, report: Report) -> Lab | None:
        """The lab as CHECKPOINT, of one of its stages, has it; None if that cannot be used.

        It goes if it is damaged or does not fit, or it has gone meanwhile, since nobody holds what is kept.
        """
        try:
            return bring_back(self.lab, checkpoint, report)
        except (Refused, LabError, OSError) as error:
            is_there = checkpoint.folder.exists()
            if is_there and not is_of_checkpoint(error):
                raise
        if is_there:
            with report.stage(f"forget stage {checkpoint.manifest.stage}"):
                forget_stage(checkpoint.folder)
        return None

    def wanted(self, stage: str) -> Checkpoint:
        """The checkpoint of STAGE; Refused when none is kept that was made of what there is now.

        A lab with secrets of its own begins after none.
        """
        if not self.lab.keeps_stages:
            mend = f"lab {self.lab.name} has secrets of its own, and begins after no stage that was kept"
            raise Refused("--from", stage, f"{mend}; leave it out")
        found = self.checkpoint(stage)
        if found is None:
            names = [one for one in self.lab.scenario.stage_names if self.checkpoint(one)]
            mend = (
                f"it is not kept, or what goes into it has changed; there are: {', '.join(names) or 'none'}"
            )
            raise Refused("--from", stage, mend)
        return found


def refuse_stages(scenario: Scenario, start: str, until: str) -> None:
    """Raise Refused unless START and UNTIL, if given, are stages of SCENARIO in this order."""
    names = scenario.stage_names
    for option, stage in (("--from", start), ("--until", until)):
        if stage and stage not in names:
            raise Refused(option, stage, f"scenario {scenario.name} has the stages {', '.join(names)}")
    if start and until and names.index(start) > names.index(until):
        raise Refused("--until", until, f"it comes before --from {start}; the order is {', '.join(names)}")


def refuse_a_stage_that_is_over(lab: Lab, start: str, until: str) -> None:
    """Raise Refused if LAB, which does not go back to a stage START, has come further than UNTIL."""
    names = lab.scenario.stage_names
    over = names[: names.index(lab.stage)] if lab.stage in names else []
    if until in over and not start:
        mend = f"lab {lab.name} has come to the stage {lab.stage}; remove it first: dslab down {lab.name}"
        raise Refused("--until", until, mend)


def kept_stages() -> Iterator[Checkpoint]:
    """All stages that are kept and can be used."""
    yield from filter(None, map(usable, sorted(stages_directory().glob("*"))))


def usable(folder: Path) -> Checkpoint | None:
    """The checkpoint in FOLDER; None if there is none that can be used, or it goes meanwhile."""
    with suppress(Refused, FileNotFoundError):
        return read_checkpoint(folder)
    return None


def is_of_checkpoint(error: Exception) -> bool:
    """Whether ERROR says that a checkpoint is damaged or does not fit, and not what else there is to mend."""
    return isinstance(error, Refused) and error.setting == "checkpoint"


def is_the_same(former: Checkpoint, lab: Lab, stage: str) -> bool:
    """Whether FORMER is of the STAGE that LAB has reached, only made of something else."""
    one, other = former.manifest, (lab.scenario.name, lab.provider, lab.ds, lab.external, stage)
    return (one.scenario.name, one.provider, one.ds, one.external, one.stage) == other


def forget_stages() -> int:
    """Remove all stages that are kept, also those that cannot be used; returns how many there were."""
    folders = [folder for folder in stages_directory().glob("*") if not folder.name.endswith(UNFINISHED)]
    for folder in folders:
        forget_stage(folder)
    return len(folders)


def forget_stage(folder: Path) -> None:
    """Remove what is kept in FOLDER, unless somebody else does."""
    with suppress(FileNotFoundError):
        remove(folder)


def hash_of(paths: list[Path]) -> str:
    """Changes when a file in PATHS, or below them, does: its name, its content, or who may run it."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(f"{file.relative_to(ROOT)} {file.stat().st_mode & 0o111:o}\n".encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()

"""Where the rooms of exercises and of checkpoints join: what a class wants of them, and who does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol

from lab import checkpoint, exercise
from lab.checkpoint.kept import folder_of
from lab.checkpoint.own_names import NEW_SEAT
from lab.errors import Refused
from lab.labs import Lab
from lab.report import Report


@dataclass(frozen=True)
class Exercise:
    """What a learner is given: TEXT is Markdown, HINTS come one by one, MINUTES is how long it takes.

    One may need a LAB of one's own with its administrator, root in its MACHINES, so many COMPUTES among them.
    """

    name: str
    title: str
    text: str
    hints: tuple[str, ...]
    minutes: int
    needs_lab: bool = False
    needs_machines: bool = False
    computes: int = 0


class Outcome(StrEnum):
    """What a check found; FAULT is one of the exercise itself, not of the learner."""

    PASSED = "passed"
    FAILED = "failed"
    FAULT = "fault"


@dataclass(frozen=True)
class Verdict:
    """What a check found, and what it says to the learner."""

    outcome: Outcome
    messages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where an exercise is done: CLOUD of the file CLOUDS_YAML is a learner's project in the cloud of LAB.

    In DIRECTORY is remembered what they did. ALONE is whether nobody else has a seat in the lab.
    """

    name: str
    lab: Lab
    directory: Path
    clouds_yaml: Path
    cloud: str
    alone: bool


@dataclass(frozen=True)
class Record:
    """What is remembered of an exercise at a place; HINTS is how many the learner has seen."""

    under_way: bool = False
    started: datetime | None = None
    hints: int = 0
    passed: datetime | None = None


class Exercises(Protocol):
    """The exercises that there are, done at a place, of which one at a time is under way there.

    What fails is LabError, bad input Refused. What is in the project of a place goes when one begins or ends.
    """

    def all(self) -> Mapping[str, Exercise]:
        """All of them by name."""

    def record(self, place: Place, name: str) -> Record:
        """What is remembered of the exercise at PLACE."""

    def under_way(self, place: Place) -> str | None:
        """The exercise that is under way at PLACE; None when none is."""

    def start(self, place: Place, name: str) -> None:
        """Begin the exercise; none is under way."""

    def check(self, place: Place, name: str) -> Verdict:
        """Look, without changing anything, whether the exercise, which is under way, is solved."""

    def hint(self, place: Place, name: str) -> None:
        """Let the learner see one hint more of the exercise, which is under way."""

    def reset(self, place: Place, name: str) -> None:
        """Let the exercise, which is under way, be as it was when it began."""

    def stop(self, place: Place, name: str) -> None:
        """End the exercise, which is under way: what it broke is mended."""

    def forget(self, place: Place, name: str) -> None:
        """The exercise, which is under way, has ended with its lab, which is a new one."""


class Checkpoints(Protocol):
    """What a lab was when it was ready, to be had again."""

    def is_saved(self, lab: Lab) -> bool:
        """Whether LAB was saved."""

    def save(self, lab: Lab, report: Report) -> None:
        """Keep LAB, which is ready and was not saved, as it is now."""

    def restore(self, lab: Lab, report: Report) -> None:
        """Let LAB be as it was when it was saved, whatever has become of it; Refused when that is lost."""


class ExercisesOfTheCheckout:
    """Those of scenarios/exercises/, as lab/exercise does them."""

    def all(self) -> Mapping[str, Exercise]:
        """All of them by name."""
        return exercises_there()

    def record(self, place: Place, name: str) -> Record:
        """What is remembered of the exercise at PLACE."""
        found = exercise.record_of(name, seat_of(place))
        return Record(found.under_way, found.started, found.hints, found.passed)

    def under_way(self, place: Place) -> str | None:
        """The one that is."""
        found = exercise.under_way(seat_of(place))
        return found.name if found else None

    def start(self, place: Place, name: str) -> None:
        """Begin the exercise."""
        exercise.start(exercise.find_exercise(name), seat_of(place))

    def check(self, place: Place, name: str) -> Verdict:
        """What is missing; a fault of the exercise outweighs that."""
        verdict = exercise.check(exercise.find_exercise(name), seat_of(place))
        said = tuple(f"{one.task}: {one.say}" for one in verdict.findings if one.state is verdict.state)
        return Verdict(OUTCOMES[verdict.state], () if verdict.passed else said)

    def hint(self, place: Place, name: str) -> None:
        """One hint more."""
        exercise.hint(exercise.find_exercise(name), seat_of(place))

    def reset(self, place: Place, name: str) -> None:
        """Begin the exercise anew."""
        exercise.reset(exercise.find_exercise(name), seat_of(place))

    def stop(self, place: Place, name: str) -> None:
        """End the exercise."""
        seat = seat_of(place)
        exercise.stop(exercise.find_to_stop(name, seat), seat)

    def forget(self, place: Place, name: str) -> None:
        """Let it not be under way any more."""
        seat = seat_of(place)
        exercise.forget(exercise.find_to_stop(name, seat), seat)


@cache
def exercises_there() -> Mapping[str, Exercise]:
    """All exercises of the checkout by name; they are read once."""
    return {one.name: exercise_of(one) for one in exercise.all_exercises()}


OUTCOMES = {
    exercise.State.DONE: Outcome.PASSED,
    exercise.State.MISSING: Outcome.FAILED,
    exercise.State.FAULT: Outcome.FAULT,
}


def exercise_of(one: exercise.Exercise) -> Exercise:
    """ONE as a class sees it."""
    tasks = "\n".join(f"{number}. {indented(task)}" for number, task in enumerate(one.text.tasks, 1))
    return Exercise(
        name=one.name,
        title=one.text.title,
        text=f"# {one.text.title}\n\n{one.text.goal}\n\n{one.text.story}\n\n## Tasks\n\n{tasks}\n",
        hints=one.text.hints,
        minutes=one.needs.minutes,
        needs_lab=one.needs.access is not exercise.Access.PROJECT,
        needs_machines=one.needs.access is exercise.Access.MACHINES,
        computes=one.needs.computes,
    )


def indented(task: str) -> str:
    """TASK as an item of a numbered list."""
    return task.replace("\n", "\n   ")


def seat_of(place: Place) -> exercise.Seat:
    """PLACE as exercises see it."""
    return exercise.Seat(**vars(place))


class CheckpointsOfTheLab:
    """A lab when it was ready, as lab/checkpoint writes it down."""

    def is_saved(self, lab: Lab) -> bool:
        """Whether there is such a checkpoint, damaged or not."""
        return folder_of(lab, NEW_SEAT).is_dir()

    def save(self, lab: Lab, report: Report) -> None:
        """Keep it."""
        checkpoint.save(lab, NEW_SEAT, report)

    def restore(self, lab: Lab, report: Report) -> None:
        """Let it be so again."""
        if not self.is_saved(lab):
            mend = f"lab {lab.name} has it no more; begin anew: dslab down {lab.name}, then dslab class up"
            raise Refused("checkpoint", NEW_SEAT, mend)
        checkpoint.restore(lab, NEW_SEAT, report)


def exercises() -> Exercises:
    """The room of exercises."""
    return ExercisesOfTheCheckout()


def checkpoints() -> Checkpoints:
    """The room of checkpoints."""
    return CheckpointsOfTheLab()

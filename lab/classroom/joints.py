"""Where the rooms of exercises and of checkpoints join: what a class wants of them, and who does it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from lab.labs import Lab, Phase
from lab.provider.byname import provider_called
from lab.report import Report
from lab.up import bring_up


@dataclass(frozen=True)
class Exercise:
    """What a learner is given: TEXT is Markdown, HINTS come one by one, MINUTES is how long it takes.

    One that needs a LAB of its own breaks what all seats of a shared lab stand on.
    """

    name: str
    title: str
    text: str
    hints: tuple[str, ...]
    minutes: int
    needs_lab: bool = False


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


class Checkpoints(Protocol):
    """What a lab was when it was ready, to be had again."""

    def save(self, lab: Lab, report: Report) -> None:
        """Keep LAB, which is ready, as it is now."""

    def restore(self, lab: Lab, report: Report) -> None:
        """Let LAB be as it was when it was saved, whatever has become of it."""


class NoExercises:
    """There are none: nothing but `all` is ever asked."""

    def all(self) -> Mapping[str, Exercise]:
        """None."""
        return {}

    def record(self, place: Place, name: str) -> Record:
        """No exercise is called so."""
        raise LookupError(name, place)

    def check(self, place: Place, name: str) -> Verdict:
        """No exercise is called so."""
        raise LookupError(name, place)

    def start(self, place: Place, name: str) -> None:
        """No exercise is called so."""
        raise LookupError(name, place)

    hint = reset = stop = start


class Rebuilding:
    """A lab without checkpoints is had again by making it again."""

    def save(self, lab: Lab, report: Report) -> None:
        """Nothing is to be kept."""

    def restore(self, lab: Lab, report: Report) -> None:
        """Remove its machines and make it anew, with the networks that it has."""
        provider = provider_called(lab.provider)
        with report.stage("remove the machines"):
            for machine in provider.machines(lab).values():
                provider.remove(machine)
        bring_up(lab.save(phase=Phase.UNFINISHED), report)


def exercises() -> Exercises:
    """The room of exercises."""
    return NoExercises()


def checkpoints() -> Checkpoints:
    """The room of checkpoints."""
    return Rebuilding()

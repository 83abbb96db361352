"""What an exercise is: what it needs, what it tells the learner, and the programs beside that."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field

from lab.data_file import Number
from lab.scenario import MOST_COMPUTES, Strict

LONGEST_MINUTES = 20


class Access(StrEnum):
    """What the learner has to have; each has the one before it as well."""

    PROJECT = "project"  # a project of a cloud that others may share
    CLOUD = "cloud"  # its administrator's password
    MACHINES = "machines"  # root in its machines


class Needs(Strict):
    """What an exercise takes: the content of its exercise.yaml."""

    place: Annotated[Number, Field(ge=1, description="Where it stands in the curriculum")]
    minutes: Annotated[
        Number, Field(ge=1, le=LONGEST_MINUTES, description="How long a learner is expected to need")
    ]
    servers: Annotated[Number, Field(ge=0, description="How many servers there are at once")] = 0
    memory: Annotated[Number, Field(ge=0, description="MiB that its servers have together")] = 0
    floating_ips: Annotated[Number, Field(ge=0, description="How many floating IPs there are at once")] = 0
    volumes: Annotated[Number, Field(ge=0, description="How many volumes there are at once")] = 0
    snapshots: Annotated[
        Number, Field(ge=0, description="How many snapshots of volumes there are at once")
    ] = 0
    gigabytes: Annotated[
        Number, Field(ge=0, description="GiB that its volumes and snapshots have together")
    ] = 0
    access: Annotated[Access, Field(description="What the learner has to have")] = Access.PROJECT
    computes: Annotated[
        Number, Field(ge=0, le=MOST_COMPUTES, description="How many machines that only compute it takes")
    ] = 0


@dataclass(frozen=True)
class Text:
    """What an exercise tells: the content of its exercise.md; all in Markdown."""

    title: str
    goal: str
    story: str
    tasks: tuple[str, ...]
    hints: tuple[str, ...]

    def as_markdown(self) -> str:
        """What a learner reads before the hints."""
        items = (task.replace("\n", "\n   ") for task in self.tasks)
        tasks = "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))
        return f"# {self.title}\n\n{self.goal}\n\n{self.story}\n\n## Tasks\n\n{tasks}"


@dataclass(frozen=True)
class Programs:
    """The programs of the exercise in FOLDER, which has its NAME; while it is under way they may be gone."""

    name: str
    folder: Path

    @property
    def check(self) -> Path:
        """The tests that tell whether it is done."""
        return self.folder / "check.py"

    def script(self, step: str) -> Path | None:
        """The bash of STEP (setup, solve, restore); None if there is nothing to do in it."""
        file = self.folder / step
        return file if file.exists() else None


@dataclass(frozen=True)
class Exercise(Programs):
    """An exercise with what it NEEDS and what it tells."""

    needs: Needs
    text: Text

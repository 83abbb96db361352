"""A host on which classes come up at once: their labs have files and no machines, their seats no projects."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lab import exercise
from lab.classroom import arithmetic, beginning, health, making, plan_file, standing, work
from lab.classroom.classes import Classroom
from lab.classroom.plan import Plan
from lab.classroom.seat import Seat
from lab.deadline import Deadline
from lab.errors import LabError, Layer, Refused
from lab.holding import building
from lab.labs import Lab, Phase, find_lab, forget_lab
from lab.report import Report
from lab.scenario import MACHINE_STAGE, Scenario
from tests.unit.lab.classroom.room import DOORS, Room

CLOUD = """\
  {name}:
    auth: {{auth_url: 'http://{address}:5000/v3', username: {user}, password: p-of-cloud,
           project_name: {user}}}
    region_name: RegionOne
"""
ROOMY = Scenario.model_validate(
    {
        "name": "roomy",
        "description": "room for eight seats of 512 MiB",
        "machines": {
            "control": {"roles": ["control"], "memory": 4096},
            "compute1": {"roles": ["compute"], "memory": 64 + 448 + 8 * 512},
        },
    }
)
PLAN = Plan.model_validate({"name": "monday", "title": "First steps", "scenario": "roomy", "seats": 3})


@dataclass
class School:
    """What was done on the host, and what shall fail."""

    folder: Path
    room: Room = field(default_factory=Room)
    booted: list[str] = field(default_factory=list)
    brought_up: list[str] = field(default_factory=list)
    set_up: list[str] = field(default_factory=list)
    taken_down: list[str] = field(default_factory=list)
    saved: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    projects: dict[str, set[str]] = field(default_factory=dict)
    kept_projects: dict[str, set[str]] = field(default_factory=dict)
    quotas: list[str] = field(default_factory=list)
    failing: set[str] = field(default_factory=set)
    sick: dict[str, list[str]] = field(default_factory=dict)
    during_set_up: Callable[[str], object] = lambda _seat: None
    during_save: Callable[[], object] = lambda: None

    @property
    def state(self) -> Path:
        """The folder of labs and classes."""
        return self.folder / "dietstack-lab"

    @property
    def meminfo(self) -> Path:
        """The memory of the host."""
        return self.folder / "meminfo"

    def has(self, mebibytes: int) -> None:
        """Let the host have so much memory, all of it available."""
        self.meminfo.write_text(f"MemTotal: {mebibytes * 1024} kB\nMemAvailable: {mebibytes * 1024} kB\n")

    def make(self, **changes: Any) -> Classroom:
        """The class of PLAN with CHANGES, up."""
        plan = Plan.model_validate(PLAN.model_dump() | changes)
        return making.bring_class_up(plan, Report())

    # what stands in for machines and clouds

    def bring_up(self, lab: Lab, _report: Report, *, servers: bool, until: str = "") -> None:
        assert not lab.keeps_stages
        if until:
            assert until == MACHINE_STAGE
            self.booted.append(lab.name)
            return
        last = lab.scenario.stage_names[-1]
        assert servers is (lab.stage != last)
        with building(lab):
            if lab.name in self.failing:
                raise LabError(Layer.MACHINE, "compute1 is not up")
            self.brought_up.append(lab.name)
            entries = (
                CLOUD.format(name=f"dietstack-{user}", user=user, address=lab.external_address)
                for user in ("admin", "demo")
            )
            lab.clouds_yaml.write_text("clouds:\n" + "".join(entries))
            find_lab(lab.name).save(stage=last)

    def take_down(self, lab: Lab, _report: Report) -> None:
        self.taken_down.append(lab.name)
        self.saved = [name for name in self.saved if name != lab.name]
        self.projects.pop(lab.name, None)
        forget_lab(lab.directory)

    def seat_is_set_up(self, lab: Lab, seat: Seat, *_more: object) -> None:
        assert lab.phase is Phase.READY
        self.during_set_up(seat.name)
        if seat.name in self.failing:
            raise LabError(Layer.SERVICE, "the cloud does not answer as it should")
        self.set_up.append(seat.name)
        self.projects.setdefault(lab.name, set()).add(seat.user)

    def projects_in(self, lab: Lab) -> set[str]:
        return self.projects.get(lab.name, set())

    def ailments(self, lab: str) -> list[str]:
        return self.sick.get(lab, [])

    def keep(self, lab: Lab, _report: Report) -> None:
        assert lab.phase is Phase.READY
        if lab.name not in self.saved:
            self.during_save()
            self.saved.append(lab.name)
            self.kept_projects[lab.name] = set(self.projects_in(lab))

    def have_again(self, lab: Lab, _report: Report) -> None:
        if lab.name not in self.saved:
            raise Refused("checkpoint", "seat", "it is lost")
        if lab.name in self.failing:
            raise LabError(Layer.MACHINE, "control does not answer")
        self.restored.append(lab.name)
        self.projects[lab.name] = set(self.kept_projects[lab.name])


def names(seats: list[Any]) -> list[str]:
    """What SEATS are called."""
    return [seat.name for seat in seats]


def a_school(folder: Path, patch: pytest.MonkeyPatch) -> School:
    """The host in FOLDER, as long as PATCH holds."""
    school = School(folder)
    school.has(16_000)
    patch.setenv("XDG_STATE_HOME", str(folder))
    patch.setattr("lab.labs.networks_of_host", list)
    patch.setattr(Deadline, "slowness", 1.0)
    patch.setattr("lab.private.os.fsync", lambda _descriptor: None)  # of all, the slowest
    patch.setattr(plan_file, "load_scenario", lambda _name: ROOMY)
    patch.setattr(arithmetic, "MEMINFO", school.meminfo)
    patch.setattr(making, "provider_for", lambda *_arguments: "docker")
    patch.setattr(making, "refuse_name_of_others", lambda *_arguments: None)
    patch.setattr(making, "bring_up", school.bring_up)
    patch.setattr(making, "take_down", school.take_down)
    patch.setattr(making, "set_up", school.seat_is_set_up)
    for module in (making, health):
        patch.setattr(module, "projects_in", school.projects_in)
    patch.setattr(making, "opened", lambda *_arguments: nullcontext())
    patch.setattr(making, "change_quota", lambda _lab, seat, _quota: school.quotas.append(seat.name))
    patch.setattr(work, "have_key", lambda _seat: None)
    patch.setattr(standing, "ailments", school.ailments)
    patch.setattr(beginning, "keep", school.keep)
    patch.setattr(beginning, "have_again", school.have_again)
    patch.setattr(beginning, "is_kept", lambda lab: lab.name in school.saved)
    patch.setattr(work, "exercises_there", lambda: school.room.exercises)
    for name in DOORS:
        patch.setattr(exercise, name, getattr(school.room, name))
    return school

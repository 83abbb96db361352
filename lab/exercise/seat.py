"""Where a learner works: a project of a cloud."""

import os
from pathlib import Path
from typing import Any

from keystoneauth1.session import Session
from pydantic import BaseModel, ConfigDict

from lab.api import connect
from lab.errors import Refused
from lab.exercise.model import Access, Exercise, Programs
from lab.labs import Lab, mark_of
from lab.project import Project


class Seat(BaseModel):
    """The place of one learner: CLOUD of the file CLOUDS_YAML is their project in the cloud of LAB.

    What is in that project goes when an exercise begins or ends: it is for exercises alone. DIRECTORY is
    where is remembered what the learner has done. ALONE is whether nobody else has a seat in the lab: then
    its administrator and its machines are the learner's.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    lab: Lab
    directory: Path
    clouds_yaml: Path
    cloud: str
    alone: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """What the programs that are started for it find around them: that of this process, and a mark."""
        return os.environ | dict([mark_of(self.directory).split("=", 1)])

    def project(self, session: type[Session] = Session) -> Project:
        """Its project as the learner sees it, through a SESSION of that kind."""
        api = connect(self.cloud, self.clouds_yaml, session)
        auth: dict[str, Any] = api.config.auth
        project = str(api.current_project_id)
        return Project(api, project, auth["project_name"], auth["username"], auth["password"])

    def kept(self, exercise: Programs) -> Path:
        """The folder in which the scripts of EXERCISE keep what they have to remember."""
        return self.directory / "kept" / exercise.name

    def log(self, exercise: Programs) -> Path:
        """Where stands what the scripts and the check of EXERCISE said."""
        return self.directory / "log" / f"{exercise.name}.log"


def refuse_what_lacks(exercise: Exercise, seat: Seat) -> None:
    """Raise Refused if SEAT has not what EXERCISE needs."""
    if exercise.needs.access is not Access.PROJECT and not seat.alone:
        whose = "administrator" if exercise.needs.access is Access.CLOUD else "machines"
        mend = f"it needs the {whose} of a cloud, and seat {seat.name} shares lab {seat.lab.name} with others"
        raise Refused("exercise", exercise.name, f"{mend}; give a lab of its own to who does it")
    has = len(seat.lab.scenario.compute_machines)
    if exercise.needs.computes > has:
        mend = f"it needs {exercise.needs.computes} machines that compute, lab {seat.lab.name} has {has}"
        raise Refused("exercise", exercise.name, f"{mend}; take a lab of scenario multinode")

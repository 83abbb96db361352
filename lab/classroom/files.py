"""What a learner takes home from a seat: clouds.yaml, the ssh key, the handout."""

from typing import Any

import yaml

from lab.classroom.classes import Classroom
from lab.classroom.handout import write_handout
from lab.classroom.plan import Kind
from lab.classroom.seat import CLOUD, Seat
from lab.labs import Lab
from lab.private import write_private

ADMIN, DEMO = "dietstack-admin", "dietstack-demo"


def write_files(classroom: Classroom, seat: Seat, lab: Lab) -> None:
    """Write all files of SEAT, which is in LAB; anew where something of it has changed."""
    write_private(seat.private_key, seat.key.private)
    write_private(seat.clouds_yaml, clouds_of(classroom, seat, lab))
    write_handout(classroom, seat, lab)


def clouds_of(classroom: Classroom, seat: Seat, lab: Lab) -> str:
    """The clouds.yaml of SEAT: its project, and in a LAB of its own also the administrator's."""
    clouds: dict[str, Any] = yaml.safe_load(lab.clouds_yaml.read_text())["clouds"]
    demo = clouds[DEMO]
    who = {"username": seat.user, "password": seat.password, "project_name": seat.user}
    mine = {CLOUD: demo | {"auth": demo["auth"] | who}}
    if classroom.plan.kind is Kind.LAB:
        mine[ADMIN] = clouds[ADMIN]
    return yaml.safe_dump({"clouds": mine}, sort_keys=False)

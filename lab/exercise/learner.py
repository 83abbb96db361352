"""The seat of who has a lab for themselves: a project beside the demo project, which stays as it is."""

import secrets
from contextlib import closing

import yaml

from lab.api import NO_ANSWER, connect
from lab.cloud import Cloud
from lab.errors import Refused
from lab.exercise.seat import Seat
from lab.labs import Lab, Phase
from lab.private import write_private
from lab.tenancy import open_project

NAME = "learner"


def own_seat(lab: Lab, *, alone: bool) -> Seat:
    """The seat of LAB's owner; made when it is not there, or not known to the cloud any more.

    ALONE is whether nobody else has a seat in LAB. Refused when there is no cloud in LAB that is ready.
    """
    if lab.phase is not Phase.READY or not lab.scenario.deploy:
        mend = "there is no cloud in it that is ready; `dslab up` goes on with one that is unfinished"
        raise Refused("lab", lab.name, mend)
    seat = place_of(lab, alone=alone)
    if not opens(seat):
        open_seat(seat)
    return seat


def place_of(lab: Lab, *, alone: bool = False) -> Seat:
    """The seat of LAB's owner, whether it is there or not; ALONE as above."""
    directory = lab.seats / NAME
    clouds_yaml = directory / "clouds.yaml"
    return Seat(name=NAME, lab=lab, directory=directory, clouds_yaml=clouds_yaml, cloud=NAME, alone=alone)


def opens(seat: Seat) -> bool:
    """Whether SEAT's clouds.yaml gives a token."""
    if not seat.clouds_yaml.exists():
        return False
    try:
        with closing(connect(seat.cloud, seat.clouds_yaml)) as api:
            api.authorize()
    except NO_ANSWER:
        return False
    return True


def open_seat(seat: Seat) -> None:
    """Make project and user of SEAT, with a fresh password, and the file that has it."""
    with closing(connect("dietstack-admin", seat.lab.clouds_yaml)) as admin:
        project = open_project(Cloud(admin), seat.name, secrets.token_hex(16))
    project.api.close()
    write_clouds_yaml(seat, user=project.user, password=project.password, project=project.name)


def write_clouds_yaml(seat: Seat, user: str, password: str, project: str) -> None:
    """Write the clouds.yaml of SEAT, for its owner alone: the cloud of its lab for another USER."""
    entry = yaml.safe_load(seat.lab.clouds_yaml.read_text())["clouds"]["dietstack-demo"]
    entry["auth"] |= {"username": user, "password": password, "project_name": project}
    write_private(seat.clouds_yaml, yaml.safe_dump({"clouds": {seat.cloud: entry}}))

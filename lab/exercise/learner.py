"""The seat of who has a lab for themselves: a project beside the demo project, which stays as it is."""

import secrets

import yaml
from keystoneauth1.exceptions import ClientException
from openstack.exceptions import SDKException

from lab.api import connect
from lab.cloud import Cloud
from lab.errors import Refused
from lab.exercise.seat import Seat
from lab.labs import Lab, Phase

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
        open_seat(seat, Cloud(connect("dietstack-admin", lab.clouds_yaml)))
    return seat


def place_of(lab: Lab, *, alone: bool = False) -> Seat:
    """The seat of LAB's owner, whether it is there or not; ALONE as above."""
    directory = lab.directory / "seats" / NAME
    clouds_yaml = directory / "clouds.yaml"
    return Seat(name=NAME, lab=lab, directory=directory, clouds_yaml=clouds_yaml, cloud=NAME, alone=alone)


def opens(seat: Seat) -> bool:
    """Whether SEAT's clouds.yaml gives a token."""
    if not seat.clouds_yaml.exists():
        return False
    api = connect(seat.cloud, seat.clouds_yaml)
    try:
        api.authorize()
    except (SDKException, ClientException):
        return False
    finally:
        api.close()
    return True


def open_seat(seat: Seat, admin: Cloud) -> None:
    """Make project and user of SEAT, with a fresh password, and the file that has it."""
    identity = admin.api.identity
    project = identity.find_project(seat.name) or identity.create_project(name=seat.name, domain_id="default")
    password = secrets.token_hex(16)
    user = identity.find_user(seat.name)
    if user:
        identity.update_user(user, password=password)
    else:
        user = identity.create_user(
            name=seat.name, password=password, domain_id="default", default_project_id=project.id
        )
    identity.assign_project_role_to_user(project, user, identity.find_role("member", ignore_missing=False))
    write_clouds_yaml(seat, user=seat.name, password=password, project=seat.name)


def write_clouds_yaml(seat: Seat, user: str, password: str, project: str) -> None:
    """Write the clouds.yaml of SEAT, for its owner alone: the cloud of its lab for another USER."""
    entry = yaml.safe_load(seat.lab.clouds_yaml.read_text())["clouds"]["dietstack-demo"]
    entry["auth"] |= {"username": user, "password": password, "project_name": project}
    seat.clouds_yaml.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    seat.clouds_yaml.touch(mode=0o600)
    seat.clouds_yaml.write_text(yaml.safe_dump({"clouds": {seat.cloud: entry}}))

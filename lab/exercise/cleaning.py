"""A seat without anything of an exercise: its project as it was when it was new."""

from contextlib import suppress

from openstack.exceptions import NotFoundException

from lab.cloud import Cloud
from lab.exercise.seat import Seat
from lab.project import Project
from lab.tenancy import empty


def clean(seat: Seat, admin: Cloud) -> None:
    """Delete what is in the project of SEAT, also what the learner has protected from that.

    Neutron makes the group `default` anew, with the rules that a new project has. Nothing of another project
    is looked at. LabError names what does not go.
    """
    project = seat.project()
    try:
        unlock(project)
        empty(project)
        for group in list(admin.api.network.security_groups(project_id=project.id)):
            with suppress(NotFoundException):
                admin.api.network.delete_security_group(group)
    finally:
        project.api.close()


def unlock(project: Project) -> None:
    """Take away what keeps things in PROJECT from being deleted."""
    for image in project.api.image.images(owner=project.id):
        if image.is_protected:
            project.api.image.update_image(image, is_protected=False)
    for server in project.api.compute.servers():
        if server.is_locked:
            project.api.compute.unlock_server(server)

"""The project of a seat in the cloud: made, given its quota, emptied of all that its learner made."""

from collections.abc import Iterator
from contextlib import contextmanager

from lab.api import Api, connect
from lab.classroom.plan import Quota
from lab.classroom.seat import CLOUD, Seat
from lab.cloud import Cloud
from lab.labs import Lab
from lab.project import Project
from lab.report import Stage
from lab.tenancy import open_project, renew

KEY = "key"  # as Project calls its own


def set_up(lab: Lab, seat: Seat, quota: Quota, stage: Stage) -> None:
    """Let SEAT have its project in the cloud of LAB as a learner finds it first, whatever was in it.

    Its user has the password of the handout again, also if the learner has changed it. Nothing outside of the
    project is touched. Raises LabError.
    """
    with opened(lab, seat) as (admin, project):
        stage.waiting_for("the removal of what is in its project")
        renew(admin, project)
        stage.waiting_for("its quota, network, router and key")
        set_quota(admin.api, project.id, quota)
        furnish(project)


@contextmanager
def opened(lab: Lab, seat: Seat) -> Iterator[tuple[Cloud, Project]]:
    """The cloud of LAB as its administrator sees it, and the project of SEAT, whose user has its password."""
    admin = Cloud(connect("dietstack-admin", lab.clouds_yaml))
    try:
        project = open_project(admin, seat.user, seat.password)
        project.key = seat.key
        try:
            yield admin, project
        finally:
            project.api.close()
    finally:
        admin.api.close()


def projects_in(lab: Lab) -> set[str]:
    """The names of the projects that the cloud of LAB has."""
    admin = connect("dietstack-admin", lab.clouds_yaml)
    try:
        return {project.name for project in admin.identity.projects(domain_id="default")}
    finally:
        admin.close()


def have_key(seat: Seat) -> None:
    """Let the user of SEAT have the key pair `key`."""
    api = connect(CLOUD, seat.clouds_yaml)
    try:
        if api.compute.find_keypair(KEY) is None:
            api.compute.create_keypair(name=KEY, public_key=seat.key.public)
    finally:
        api.close()


def change_quota(lab: Lab, seat: Seat, quota: Quota) -> None:
    """Let SEAT, which is in LAB, have QUOTA; what is in it stays."""
    admin = connect("dietstack-admin", lab.clouds_yaml)
    try:
        project = admin.identity.find_project(seat.user, domain_id="default", ignore_missing=False)
        set_quota(admin, project.id, quota)
    finally:
        admin.close()


def furnish(project: Project) -> None:
    """What every learner begins with: `lan` with a router, the group `reachable`, and the key pair `key`."""
    project.lan  # noqa: B018  made when first asked for, as are the others
    project.reachable  # noqa: B018
    project.keypair_name  # noqa: B018


def set_quota(admin: Api, project_id: str, quota: Quota) -> None:
    """Let the project have QUOTA."""
    admin.compute.update_quota_set(project_id, instances=quota.instances, cores=quota.cores, ram=quota.ram)
    admin.block_storage.update_quota_set(
        project_id, volumes=quota.volumes, snapshots=quota.snapshots, gigabytes=quota.gigabytes
    )
    admin.network.update_quota(
        project_id, networks=quota.networks, routers=quota.routers, floating_ips=quota.floating_ips
    )

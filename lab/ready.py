"""The compute nodes of a cloud: known to it, able to run a server that answers, or forgotten again."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from openstack.exceptions import ConflictException

from lab.api import NO_ANSWER
from lab.cloud import Cloud
from lab.deadline import Deadline, NotYet
from lab.errors import LabError, Layer
from lab.project import Project
from lab.report import Stage
from lab.tenancy import clear_away, close_project, fresh_project

CHECK = "check"  # projects of checks are called so


def wait_for_computes(cloud: Cloud, computes: Sequence[str], stage: Stage, within: float = 60) -> None:
    """Wait until Nova may place servers on all COMPUTES and Neutron's agent is alive there."""
    stage.waiting_for(f"compute nodes {', '.join(computes)}")

    def attempt() -> None:
        ready = {host.name for host in cloud.api.compute.hypervisors() if host.state == "up"}
        agents = cloud.api.network.agents(agent_type="Linux bridge agent")
        alive = {agent.host for agent in agents if agent.is_alive}
        missing = [name for name in computes if name not in ready & alive]
        if missing:
            raise NotYet(f"not there: {', '.join(missing)}")

    Deadline(within).until(Layer.SERVICE, "compute nodes", attempt, every=1)


def forget_compute(cloud: Cloud, name: str) -> None:
    """Let CLOUD forget its compute node NAME, whose machine is gone; LabError if servers are still on it.

    Nova takes no new machine for one that it knows by that name.
    """
    try:
        for service in cloud.api.compute.services(host=name, binary="nova-compute"):
            cloud.api.compute.delete_service(service)
    except ConflictException as error:
        raise LabError(Layer.SERVICE, f"compute node {name} cannot be forgotten: {error}") from None
    for agent in cloud.api.network.agents(host=name):
        cloud.api.network.delete_agent(agent)


def check_servers(cloud: Cloud, computes: Sequence[str], stage: Stage) -> None:
    """See a server on each of COMPUTES answer on its floating IP; nothing of it stays."""
    with project_to_check(cloud) as project:
        make_admin(cloud, project)
        stage.waiting_for(f"a server on each of {', '.join(computes)}")
        servers = [project.start_server(f"on-{name}", host=name) for name in computes]
        with ThreadPoolExecutor(max_workers=len(servers)) as pool:
            for guest in pool.map(lambda server: project.guest(project.server_is(server)), servers):
                guest.close()
        stage.waiting_for("the removal of the servers")


@contextmanager
def project_to_check(cloud: Cloud) -> Iterator[Project]:
    """A fresh project that is there while the block runs.

    What cannot be removed after an error is only noted with that: what broke the block may keep it as well.
    """
    remove_former_checks(cloud)
    project = fresh_project(cloud, CHECK)
    try:
        yield project
    except BaseException as error:
        try:
            close_project(cloud, project)
        except (LabError, *NO_ANSWER) as left:
            error.add_note(str(left))
        raise
    close_project(cloud, project)


def remove_former_checks(cloud: Cloud) -> None:
    """Remove the projects of checks that were killed; nobody else checks this cloud meanwhile."""
    for project in list(cloud.api.identity.projects(domain_id="default")):
        if re.fullmatch(rf"{CHECK}-[0-9a-f]{{6}}", project.name):
            clear_away(cloud, project.name)


def make_admin(cloud: Cloud, project: Project) -> None:
    """Let PROJECT's user choose the compute node of a server."""
    identity = cloud.api.identity
    user = identity.find_user(project.user, ignore_missing=False)
    role = identity.find_role("admin", ignore_missing=False)
    identity.assign_project_role_to_user(project.id, user, role)

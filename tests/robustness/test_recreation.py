"""Containers are cattle: killed or removed, all that matters outlives them in the state directory."""

from lab.containers import containers, docker
from lab.tenancy import leftovers
from lab.workload import Workload
from tests.deployment import Deployment


def test_killed_containers_come_back_with_the_next_deployment(
    workload: Workload, deployment: Deployment
) -> None:
    docker("kill", *(container.name for container in containers()))
    deployment.deploy()
    workload.check()


def test_everything_outlives_removed_containers(workload: Workload, deployment: Deployment) -> None:
    before = inventory(workload)
    docker("rm", "--force", *(container.name for container in containers()))
    deployment.deploy()
    assert inventory(workload) == before
    workload.check()
    workload.project.server("new")


def inventory(workload: Workload) -> list[str]:
    """The ids of all that is in the project."""
    return sorted(str(thing.id) for thing, _ in leftovers(workload.project))

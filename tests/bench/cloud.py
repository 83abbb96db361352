"""The measurements of the cloud of this machine."""

from pathlib import Path

from lab.api import connect
from lab.cloud import Cloud
from lab.containers import containers
from lab.errors import Refused
from lab.settings import STATE
from lab.tenancy import close_project, fresh_project
from tests.bench.deployments import Deployments, restart_of_everything
from tests.bench.images import image_sizes, openstack_image
from tests.bench.machine import describe_machine, hypervisor
from tests.bench.measurement import Budget, Measurement
from tests.bench.memory import memory_of
from tests.bench.report import budgets_table, progress, sizes_table, write
from tests.bench.servers import attachments, servers


def measure_cloud(checkout: Path, *, restart: bool, from_scratch: bool) -> None:
    """Print what the cloud that CHECKOUT deploys costs.

    RESTART also restarts all its containers; FROM_SCRATCH removes it first, with all that is in it.
    """
    if not from_scratch and not (STATE / "clouds.yaml").exists():
        raise Refused("cloud", str(STATE), "there is none: run ./runds.sh, or ask for --from-scratch")
    measurements: list[Measurement] = []
    deployments = Deployments(checkout)
    if from_scratch:
        progress("a first deployment")
        measurements.append(deployments.from_scratch())
    progress("runds.sh again")
    measurements.append(deployments.again())
    if restart:
        progress("a restart of all containers")
        measurements.append(restart_of_everything())
    measurements += servers_and_volumes()
    progress("memory")
    memory = memory_of(containers())
    measurements.append(Measurement(Budget.MEMORY, [memory.total()]))
    sizes = image_sizes(checkout)
    measurements.append(openstack_image(sizes))
    write(describe_machine(checkout, f"servers by {hypervisor(STATE)}"))
    write(budgets_table(measurements))
    write(sizes_table("memory (PSS) by container", memory | {"all": memory.total()}))
    write(sizes_table("image", sizes))


def servers_and_volumes() -> list[Measurement]:
    """The measurements that need servers, in a project of their own."""
    admin = Cloud(connect("dietstack-admin", STATE / "clouds.yaml"))
    project = fresh_project(admin, "bench")
    try:
        progress("servers and volumes")
        return [*servers(project), attachments(project)]
    finally:
        close_project(admin, project)

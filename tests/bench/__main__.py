"""Measures the cloud of this machine and prints what docs/performance.md reports, as Markdown.

Exit codes: 0 measured, 1 something failed, 2 refused. Progress goes to stderr.
"""

import argparse
import os
import sys
from pathlib import Path

from lab.api import connect
from lab.cloud import Cloud
from lab.containers import containers
from lab.settings import STATE
from lab.tenancy import close_project, fresh_project
from tests.bench.deployments import Deployments, restart_of_everything
from tests.bench.images import image_sizes, openstack_image
from tests.bench.machine import describe_machine
from tests.bench.measurement import Budget, Measurement
from tests.bench.memory import memory_of
from tests.bench.report import budgets_table, sizes_table
from tests.bench.servers import attachments, servers

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Measure what the options ask for and print it."""
    options = parse_options()
    if os.geteuid() != 0:
        return refuse("only root can run runds.sh and read the memory of all processes: run it as root")
    if not options.from_scratch and not (STATE / "clouds.yaml").exists():
        return refuse(f"there is no cloud in {STATE}: run ./runds.sh, or ask for --from-scratch")
    measurements: list[Measurement] = []
    deployments = Deployments(CHECKOUT)
    if options.from_scratch:
        progress("a first deployment")
        measurements.append(deployments.from_scratch())
    progress("runds.sh again")
    measurements.append(deployments.again())
    if options.restart:
        progress("a restart of all containers")
        measurements.append(restart_of_everything())
    measurements += servers_and_volumes()
    progress("memory")
    memory = memory_of(containers())
    measurements.append(Measurement(Budget.MEMORY, [memory.total()]))
    sizes = image_sizes(CHECKOUT)
    measurements.append(openstack_image(sizes))
    write(describe_machine(CHECKOUT))
    write(budgets_table(measurements))
    write(sizes_table("memory (PSS) by container", memory | {"all": memory.total()}))
    write(sizes_table("image", sizes))
    return 0


def parse_options() -> argparse.Namespace:
    """The options that the command line gives."""
    parser = argparse.ArgumentParser(prog="tests/tox.sh -e bench --", description=__doc__)
    parser.add_argument("--restart", action="store_true", help="restart all containers, too")
    parser.add_argument(
        "--from-scratch",
        action="store_true",
        help="remove the cloud with all that is in it first, and measure a first deployment",
    )
    return parser.parse_args()


def servers_and_volumes() -> list[Measurement]:
    """The measurements that need servers, in a project of their own."""
    admin = Cloud(connect("dietstack-admin", STATE / "clouds.yaml"))
    project = fresh_project(admin, "bench")
    try:
        progress("servers and volumes")
        return [*servers(project), attachments(project)]
    finally:
        close_project(admin, project)


def progress(what: str) -> None:
    """Say on stderr what is being measured."""
    sys.stderr.write(f"measuring {what}\n")


def write(text: str) -> None:
    """Print a part of the report."""
    sys.stdout.write(f"{text}\n\n")


def refuse(reason: str) -> int:
    """Say in one line why nothing was done."""
    sys.stderr.write(f"refused: {reason}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())

"""How long the cloud needs to stand, again or anew."""

import platform
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab.containers import containers, docker, wait_until_all_are_well
from tests.bench.measurement import Budget, Measurement, seconds
from tests.deployment import Deployment

REPETITIONS = 3
READY_SECONDS = 300


class Deployments:
    """The deployment on this machine, from the checkout in the directory CHECKOUT."""

    def __init__(self, checkout: Path) -> None:
        self._deployment = Deployment(checkout)

    def again(self) -> Measurement:
        """runds.sh where everything is in place."""
        self._deployment.deploy()
        return Measurement(Budget.RUN_AGAIN, [seconds(self._deployment.deploy) for _ in range(REPETITIONS)])

    def from_scratch(self) -> Measurement:
        """runds.sh on a machine without a cloud; the one that is there goes, with all that is in it."""
        values = []
        for _ in range(REPETITIONS):
            self._deployment.destroy()
            values.append(seconds(self._deployment.deploy))
        return Measurement(Budget.FIRST_RUN, values)


def restart_of_everything() -> Measurement:
    """`docker restart` of all containers at the same time, until each answers and a server can be placed."""
    return Measurement(Budget.RESTART, [seconds(restart_everything) for _ in range(REPETITIONS)])


def restart_everything() -> None:
    """Restart all containers and wait for the cloud."""
    names = [container.name for container in containers()]
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: docker("restart", name), names))
    wait_until_all_are_well(READY_SECONDS)
    docker(
        "exec",
        "dietstack-cli",
        "/opt/openstack/bin/python3",
        "/opt/dietstack/services/cli/ready.py",
        f"--seconds={READY_SECONDS}",
        f"--node={platform.node()}",
        "--controls",
        "--computes",
    )

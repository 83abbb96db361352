"""What is measured, and the budget that it is held against."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Budget(StrEnum):
    """What has a budget, in the words of docs/performance.md: of a cloud, then of labs."""

    FIRST_RUN = "empty machine to ready cloud"
    RUN_AGAIN = "`runds.sh` again, nothing changed"
    RESTART = "all containers restarted, until ready"
    MEMORY = "memory of an idle cloud (PSS)"
    ACTIVE = "server create to ACTIVE"
    PING = "server create to first ping of its floating IP"
    ATTACH = "attach a volume"
    IMAGES = "`make images`, nothing built before"
    OPENSTACK_IMAGE = "OpenStack image"

    DOCTOR = "`dslab doctor`"
    LAB = "`dslab up multinode`, until a server has run on each compute node"
    LAB_LIBVIRT = "`dslab up multinode --provider libvirt`, the same"
    LAB_MEMORY = "memory of the machines of `multinode` (PSS)"
    COMPUTE = "`dslab up --computes 3`: one more, until a server has run on it"
    COMPUTE_MEMORY = "memory that the one more takes (PSS)"
    SAVE = "`dslab save`, of `multinode`"
    CHECKPOINT = "disk that the checkpoint takes"
    RESTORE = "`dslab restore`, until its cloud is verified"
    RESTORE_LIBVIRT = "`dslab restore` of virtual machines, the same"
    DOWN = "`dslab down`"
    AGAIN = "`dslab up multinode` again after `dslab down`, from the stage that is kept"
    TEN_NODES = "`dslab up ten-nodes`, until a server has run on each compute node"
    TEN_NODES_MEMORY = "memory of the machines of `ten-nodes` (PSS)"
    TOX_MULTINODE = "`tox -e multinode` in all"


LIMITS: dict[Budget, tuple[float, str]] = {
    Budget.FIRST_RUN: (60, "s"),
    Budget.RUN_AGAIN: (5, "s"),
    Budget.RESTART: (45, "s"),
    Budget.MEMORY: (2500, "MB"),
    Budget.ACTIVE: (4, "s"),
    Budget.PING: (7, "s"),
    Budget.ATTACH: (3, "s"),
    Budget.IMAGES: (360, "s"),
    Budget.OPENSTACK_IMAGE: (700, "MB"),
    Budget.DOCTOR: (10, "s"),
    Budget.LAB: (120, "s"),
    Budget.LAB_LIBVIRT: (900, "s"),
    Budget.LAB_MEMORY: (6000, "MB"),
    Budget.COMPUTE: (10, "s"),
    Budget.COMPUTE_MEMORY: (400, "MB"),
    Budget.SAVE: (15, "s"),
    Budget.CHECKPOINT: (1000, "MB"),
    Budget.RESTORE: (28, "s"),  # 25 for two machines, and 3 for each further one that computes
    Budget.RESTORE_LIBVIRT: (63, "s"),  # 60, in the same way
    Budget.DOWN: (10, "s"),
    Budget.AGAIN: (30, "s"),
    Budget.TEN_NODES: (480, "s"),
    Budget.TEN_NODES_MEMORY: (16000, "MB"),
    Budget.TOX_MULTINODE: (600, "s"),
}


@dataclass(frozen=True)
class Measurement:
    """Values, one for each repetition, in the unit of their budget."""

    budget: Budget
    values: Sequence[float]

    @property
    def median(self) -> float:
        """The value that counts."""
        return median(self.values)

    @property
    def is_within_budget(self) -> bool:
        """Whether the median is not above the budget."""
        return self.median <= LIMITS[self.budget][0]


def seconds(action: Callable[[], object]) -> float:
    """How long ACTION takes, in seconds."""
    start = time.monotonic()
    action()
    return time.monotonic() - start

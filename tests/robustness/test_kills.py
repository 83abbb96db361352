"""Every container may be killed: the cloud mends itself while servers go on."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lab.containers import containers, docker, wait_until_all_are_well
from lab.workload import Workload
from tests.functional.networking.flow import Flow

RECOVERY_SECONDS = 60
KILLED = 137  # Docker's word for SIGKILL


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", [container.name for container in containers()])


@contextmanager
def every_ping_answered(address: str) -> Iterator[None]:
    """Ping ADDRESS all the time meanwhile; fails if as much as one ping went without an answer."""
    command = ["ping", "-n", "-q", "-i", "0.5", address]
    flow = Flow(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
    try:
        yield
    finally:
        sent, lost = flow.end()
    assert sent
    assert lost == 0, f"of {sent} pings"


def by_hand(name: str) -> None:
    """What a person does; Docker alone would leave the container dead."""
    docker("kill", name)


def by_the_kernel(name: str) -> None:
    """What happens when memory is short."""
    next(container for container in containers() if container.name == name).crash()


def in_order(name: str) -> None:
    """What an operator does; it ends in its own time, which Docker does not have to make it."""
    docker("stop", name)
    stopped = next(container for container in containers() if container.name == name)
    docker("start", name)
    assert stopped.inspected["State"]["ExitCode"] != KILLED


@pytest.mark.usefixtures("well_before")
@pytest.mark.parametrize("kill", [by_hand, by_the_kernel, in_order])
def test_cloud_recovers(name: str, kill: Callable[[str], None], workload: Workload) -> None:
    with every_ping_answered(workload.guest.address):
        kill(name)
        wait_until_all_are_well(RECOVERY_SECONDS)
    workload.check()

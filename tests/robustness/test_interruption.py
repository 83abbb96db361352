"""runds.sh may be killed at any moment of a first deployment, and run again."""

import os
import signal
import subprocess
import time

import pytest

from lab.api import connect
from lab.cloud import Cloud
from lab.containers import wait_until_all_are_well
from lab.deployment import Deployment
from lab.settings import STATE
from lab.tenancy import close_project, fresh_project

MOMENTS = 10


@pytest.fixture(scope="module")
def duration(deployment: Deployment) -> float:
    """Seconds that an undisturbed first deployment takes."""
    deployment.destroy()
    start = time.monotonic()
    deployment.deploy()
    return time.monotonic() - start


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_killed_deployment_is_taken_up_by_the_next(
    deployment: Deployment, duration: float, moment: int
) -> None:
    deployment.destroy()
    kill_after(duration * (moment + 0.5) / MOMENTS, deployment, with_children=bool(moment % 2))
    deployment.deploy()
    wait_until_all_are_well()
    assert_usable()


def kill_after(seconds: float, deployment: Deployment, with_children: bool) -> None:
    """Start runds.sh and kill it, alone or with all that it started, after so many SECONDS."""
    runds = subprocess.Popen(
        ["./runds.sh"],
        cwd=deployment.checkout,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        runds.wait(seconds)
    if with_children:
        os.killpg(runds.pid, signal.SIGKILL)
    else:
        runds.kill()
    runds.wait()


def assert_usable() -> None:
    """A server in a fresh project takes ssh."""
    admin = Cloud(connect("dietstack-admin", STATE / "clouds.yaml"))
    project = fresh_project(admin, "interrupted")
    try:
        assert project.guest(project.server()).run("id -un") == "dietguest"
    finally:
        close_project(admin, project)

"""runds.sh may be killed at any moment of a first deployment, and run again."""

import os
import signal
import subprocess

import pytest

from lab.api import connect
from lab.cloud import Cloud
from lab.containers import wait_until_all_are_well
from lab.settings import STATE
from lab.tenancy import close_project, fresh_project
from tests.deployment import Deployment

# The stage that has ended last, how many seconds the next one has run, and whether all that runds.sh started
# dies with it.
MOMENTS = [
    ("", 0.1, False),
    ("hypervisor", 0.5, True),
    ("hypervisor", 2.0, False),
    ("infrastructure", 1.0, True),
    ("infrastructure", 5.0, False),
    ("databases", 0.5, True),
    ("identity", 1.0, False),
    ("identity", 8.0, True),
    ("services", 0.5, False),
    ("demo project", 0.2, True),
]


@pytest.mark.parametrize(("stage", "seconds", "with_children"), MOMENTS)
def test_killed_deployment_is_taken_up_by_the_next(
    deployment: Deployment, stage: str, seconds: float, with_children: bool
) -> None:
    deployment.destroy()
    kill_after(stage, seconds, deployment, with_children)
    deployment.deploy()
    wait_until_all_are_well()
    assert_usable()


def kill_after(stage: str, seconds: float, deployment: Deployment, with_children: bool) -> None:
    """Start runds.sh and kill it, alone or with all its children, so many SECONDS after the end of STAGE."""
    command = subprocess.Popen(
        ["./runds.sh"],
        cwd=deployment.checkout,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with command as runds:
        assert runds.stdout is not None
        if stage:
            assert any(line.startswith(stage) for line in runds.stdout)
        with pytest.raises(subprocess.TimeoutExpired):
            runds.wait(seconds)
        if with_children:
            os.killpg(runds.pid, signal.SIGKILL)
        else:
            runds.kill()


def assert_usable() -> None:
    """A server in a fresh project takes ssh."""
    admin = Cloud(connect("dietstack-admin", STATE / "clouds.yaml"))
    project = fresh_project(admin, "interrupted")
    try:
        assert project.guest(project.server()).run("id -un") == "dietguest"
    finally:
        close_project(admin, project)

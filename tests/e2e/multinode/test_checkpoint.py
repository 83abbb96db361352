"""A lab is saved with a server at work in it, comes to harm, and is what it was."""

from collections.abc import Iterator

import pytest
from openstack.exceptions import NotFoundException

from lab.checkpoint import forget, restore, save
from lab.checkpoint.kept import folder_of
from lab.checkpoint.saving import is_undefined
from lab.cloud import Cloud
from lab.labs import Lab, find_lab
from lab.machine import Machine
from lab.project import Project
from lab.report import Report
from lab.workload import start_workload

NAME = "with-a-server"


@pytest.fixture
def name(lab: Lab) -> Iterator[str]:
    """The name of a checkpoint that there is only while the test runs."""
    forget_if_there(lab)  # of a run that was killed
    yield NAME
    forget_if_there(lab)


def forget_if_there(lab: Lab) -> None:
    """Remove the checkpoint of the test."""
    if folder_of(lab, NAME).exists():
        forget(lab, NAME)


@pytest.mark.destructive
@pytest.mark.time_limit(1800)
def test_a_lab_comes_back_with_all_that_was_in_it(
    lab: Lab, cloud: Cloud, project: Project, computes: list[Machine], name: str
) -> None:
    work = start_workload(project)
    work.guest.close()
    stopped = is_undefined(find_lab(lab.name))
    save(find_lab(lab.name), name, Report(), stop_servers=stopped)

    cloud.api.compute.delete_server(work.server, force=True)
    cloud.api.image.delete_image(work.image)
    cloud.is_gone(work.server, cloud.api.compute.get_server)
    later = cloud.api.network.create_network(name="made-later")
    computes[-1].run("rm -rf /srv/dietstack/config")
    computes[-1].power_off()

    restore(find_lab(lab.name), name, Report())
    if stopped:
        cloud.api.compute.start_server(work.server)
    work.check()
    work.guest.close()
    assert computes[-1].succeeds("test -d /srv/dietstack/config")
    with pytest.raises(NotFoundException):
        cloud.api.network.get_network(later.id)

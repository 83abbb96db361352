"""A lab is saved with a server at work in it, comes to harm, and is what it was."""

import pytest
from openstack.exceptions import NotFoundException

from lab.checkpoint import forget, restore, save
from lab.cloud import Cloud
from lab.labs import Lab, find_lab
from lab.machine import Machine
from lab.project import Project
from lab.report import Report
from lab.workload import start_workload

NAME = "with-a-server"


@pytest.mark.destructive
@pytest.mark.time_limit(1800)
def test_a_lab_comes_back_with_all_that_was_in_it(
    lab: Lab, cloud: Cloud, project: Project, computes: list[Machine]
) -> None:
    work = start_workload(project)
    work.guest.close()
    save(find_lab(lab.name), NAME, Report())

    cloud.api.compute.delete_server(work.server, force=True)
    cloud.api.image.delete_image(work.image)
    cloud.is_gone(work.server, cloud.api.compute.get_server)
    later = cloud.api.network.create_network(name="made-later")
    computes[-1].run("rm -rf /srv/dietstack/config")
    computes[-1].power_off()

    restore(find_lab(lab.name), NAME, Report())
    work.check()
    work.guest.close()
    assert computes[-1].succeeds("test -d /srv/dietstack/config")
    with pytest.raises(NotFoundException):
        cloud.api.network.get_network(later.id)
    forget(find_lab(lab.name), NAME)

"""The control machine reboots while servers run: their traffic goes on, then the cloud answers again."""

import pytest
from openstack.compute.v2.server import Server

from lab.api import NO_ANSWER
from lab.cloud import Cloud
from lab.deadline import Deadline, NotYet
from lab.errors import Layer
from lab.guest import Guest
from lab.machine import Machine
from lab.project import Project
from tests.e2e.multinode.nodes import wait_until_they_report
from tests.e2e.multinode.pings import start_pings, stop_pings

FEWEST_ANSWERS = 0.97


@pytest.mark.destructive
@pytest.mark.time_limit(1800)
def test_servers_go_on_while_the_control_machine_reboots(
    cloud: Cloud,
    admins_project: Project,
    control: Machine,
    spread: dict[str, Server],
    guests: dict[str, Guest],
) -> None:
    if control.name in spread:
        pytest.skip("the control machine is a compute node in this scenario: its servers reboot, too")
    here, there = list(spread)[:2]
    boot = guests[here].run("cat /proc/sys/kernel/random/boot_id")
    start_pings(guests[here], admins_project.address_of(spread[there]))

    control.reboot()
    wait_until_the_cloud_answers(cloud)
    wait_until_they_report(list(spread), cloud)

    guest = guests[here].connect(within=180)
    assert guest.run("cat /proc/sys/kernel/random/boot_id") == boot
    assert stop_pings(guest).share >= FEWEST_ANSWERS
    admins_project.guest(admins_project.server("after-the-reboot")).close()


def wait_until_the_cloud_answers(cloud: Cloud, within: float = 300) -> None:
    """Wait until Nova and Neutron answer."""

    def attempt() -> None:
        try:
            list(cloud.api.compute.services())
            list(cloud.api.network.agents())
        except NO_ANSWER as error:
            raise NotYet(str(error)) from None

    Deadline(within).until(Layer.SERVICE, "the cloud's answer after the reboot", attempt, every=2)

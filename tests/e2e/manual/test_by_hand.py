"""DietStack on several machines as a person installs it: what the manual says is typed in bare machines."""

from collections.abc import Sequence

import pytest

from lab.api import connect
from lab.cloud import Cloud
from lab.labs import Lab
from lab.machine import Machine
from lab.ready import check_servers, wait_for_computes
from lab.report import Report
from lab.scenario import CONTROL
from lab.up import fetch_clouds_yaml
from tests.e2e.manual.steps import steps_of
from tests.e2e.manual.typist import Typist

pytestmark = [pytest.mark.by_hand, pytest.mark.time_limit(1800)]
INSTALL = ("docs/install.md", "Several machines")
COMPUTE_NODES = ("docs/operate.md", "Compute nodes")


@pytest.fixture(scope="module")
def node(lab: Lab) -> str:
    """The compute node that goes and comes again."""
    return lab.scenario.compute_machines[-1]


@pytest.fixture(scope="module")
def typist(lab: Lab, machines: dict[str, Machine], node: str) -> Typist:
    """Who types."""
    return Typist(lab, machines, node)


@pytest.fixture(scope="module")
def typed(lab: Lab, machines: dict[str, Machine], typist: Typist) -> Cloud:
    """The cloud that the manual's section on several machines leads to."""
    typist.type(steps_of(*INSTALL))
    fetch_clouds_yaml(lab, machines[CONTROL])
    return Cloud(connect("dietstack-admin", lab.clouds_yaml))


def test_a_server_runs_on_each_machine(typed: Cloud, machines: dict[str, Machine]) -> None:
    see_servers_run(typed, list(machines))
    assert computes_of(typed) == set(machines)


def test_a_compute_node_goes_and_comes_again(
    typed: Cloud, machines: dict[str, Machine], typist: Typist, node: str
) -> None:
    steps = steps_of(*COMPUTE_NODES)
    typist.type(steps)
    assert computes_of(typed) == set(machines) - {node}
    assert list(typed.api.network.agents(host=node)) == []

    typist.type(step for step in steps if step.place.startswith("on the new node"))
    see_servers_run(typed, list(machines))


def see_servers_run(cloud: Cloud, computes: Sequence[str]) -> None:
    """See a server on each of COMPUTES answer on its floating IP."""
    with Report().stage("check") as stage:
        wait_for_computes(cloud, computes, stage)
        check_servers(cloud, computes, stage)


def computes_of(cloud: Cloud) -> set[str]:
    """The compute nodes that CLOUD knows."""
    return {service.host for service in cloud.api.compute.services(binary="nova-compute")}

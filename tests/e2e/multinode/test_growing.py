"""A compute node is added to a cloud at work and taken away again; the others notice nothing of it."""

from dataclasses import dataclass

import pytest

from lab.cloud import Cloud
from lab.errors import Refused
from lab.guest import Guest
from lab.labs import Lab, find_lab
from lab.machine import Machine
from lab.project import Project
from lab.provider.byname import provider_called
from lab.report import Report
from lab.resize import refuse_without_room, resize
from lab.scenario import MOST_COMPUTES, Scenario


@dataclass(frozen=True)
class Trace:
    """What a machine shows when somebody touches it: its boot, and its containers with their starts."""

    boot: str
    containers: str


@pytest.fixture
def larger(lab: Lab) -> Scenario:
    """The scenario of the lab with one compute machine more, if the host has memory for it."""
    number = len(lab.scenario.compute_machines)
    if number == MOST_COMPUTES:
        pytest.skip(f"there are {MOST_COMPUTES} compute machines, as many as there may be")
    scenario = lab.scenario.with_computes(number + 1)
    try:
        refuse_without_room(lab.provider, scenario, added_by(scenario, lab))
    except Refused as refusal:
        if not refusal.setting.startswith("memory"):
            raise
        pytest.skip(str(refusal))
    return scenario


@pytest.mark.destructive
@pytest.mark.time_limit(1800)
def test_a_compute_node_comes_and_goes(
    lab: Lab,
    cloud: Cloud,
    larger: Scenario,
    admins_project: Project,
    guests: dict[str, Guest],
) -> None:
    neighbour = next(iter(guests.values()))
    (name,) = added_by(larger, lab)
    provider = provider_called(lab.provider)
    machines = provider.machines(lab)
    before = {one: trace_of(machine) for one, machine in machines.items()}

    grown = resize(find_lab(lab.name), larger, Report())
    added = provider.machines(grown)[name]
    server = admins_project.server("on-the-new-one", host=name)
    assert server.id in added.run("ps -ewwo args | grep '[q]emu-system'")
    admins_project.guest(server).close()
    neighbour.run(f"ping -c 3 -W 5 {admins_project.address_of(server)}")

    with pytest.raises(Refused, match=f"on-the-new-one on {name}"):
        resize(grown, lab.scenario, Report())
    admins_project.api.compute.delete_server(server)
    admins_project.is_gone(server, admins_project.api.compute.get_server)
    resize(grown, lab.scenario, Report())

    assert find_lab(lab.name).scenario == lab.scenario
    assert not provider.is_up(added)
    assert known_to(cloud) == set(lab.scenario.machines)
    assert {one: trace_of(machine) for one, machine in machines.items()} == before
    neighbour.run("true")


def added_by(larger: Scenario, lab: Lab) -> list[str]:
    """The machines that LARGER has and LAB has not."""
    return [name for name in larger.machines if name not in lab.scenario.machines]


def trace_of(machine: Machine) -> Trace:
    """What MACHINE shows now."""
    return Trace(
        boot=machine.run("cat /proc/sys/kernel/random/boot_id"),
        containers=machine.run(
            "docker ps --quiet --no-trunc --filter label=dietstack"
            " | xargs docker inspect --format '{{.Name}} {{.Id}} {{.State.StartedAt}}' | sort"
        ),
    )


def known_to(cloud: Cloud) -> set[str]:
    """The machines of which Nova or Neutron have a record."""
    services = {service.host for service in cloud.api.compute.services()}
    agents = {agent.host for agent in cloud.api.network.agents()}
    return services | agents | {hypervisor.name for hypervisor in cloud.api.compute.hypervisors()}

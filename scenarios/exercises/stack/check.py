"""A stack of a network, an address and a disk."""

from collections import defaultdict

import pytest
from openstack.network.v2.port import Port
from openstack.network.v2.subnet import Subnet
from openstack.orchestration.v1.stack import Stack

from lab.exercise.looking import one
from lab.project import Project

NETWORK, SUBNET, PORT = "OS::Neutron::Net", "OS::Neutron::Subnet", "OS::Neutron::Port"
VOLUME = "OS::Cinder::Volume"
Made = dict[str, set[str]]


@pytest.fixture
def garden(project: Project) -> Stack:
    stacks = (stack for stack in project.api.orchestration.stacks() if stack.name == "garden")
    found = one(stacks, "There is no stack garden yet.")
    return project.api.orchestration.get_stack(found.id)


@pytest.fixture
def made(project: Project, garden: Stack) -> Made:
    """The ids of what the stack has made, by its kind."""
    ids: Made = defaultdict(set)
    for each in project.api.orchestration.resources(garden):
        if each.physical_resource_id:
            ids[each.resource_type].add(each.physical_resource_id)
    return ids


@pytest.fixture
def subnets(project: Project, made: Made) -> list[Subnet]:
    """Those in networks of the stack that the stack has made."""
    there = project.api.network.subnets(project_id=project.id)
    return [subnet for subnet in there if subnet.id in made[SUBNET] and subnet.network_id in made[NETWORK]]


@pytest.fixture
def ports(project: Project, made: Made, subnets: list[Subnet]) -> list[Port]:
    """Those in these subnets that the stack has made."""
    ids = {subnet.id for subnet in subnets}
    there = project.api.network.ports(project_id=project.id)
    return [port for port in there if port.id in made[PORT] and ids & set(subnets_of(port))]


def subnets_of(port: Port) -> list[str]:
    return [each["subnet_id"] for each in port.fixed_ips]


def test_complete(garden: Stack) -> None:
    """A stack garden that is complete."""
    assert garden.status.endswith("COMPLETE"), f"The stack is {garden.status}."


def test_resources(made: Made) -> None:
    """It has all that a garden gets."""
    everything = all(made[kind] for kind in (NETWORK, SUBNET, PORT, VOLUME))
    assert everything, "The stack does not have all that a garden gets."


def test_subnet(subnets: list[Subnet]) -> None:
    """Its network has the addresses that are asked for."""
    assert subnets, "The network of the stack has no addresses."
    assert "10.80.0.0/24" in {subnet.cidr for subnet in subnets}, (
        "The network of the stack has other addresses than asked for."
    )


def test_size(project: Project, garden: Stack, made: Made) -> None:
    """A parameter says how large the volume is."""
    assert "size" in (garden.parameters or {}), "The stack does not ask how large the volume shall be."
    volumes = project.api.block_storage.volumes()
    sizes = {str(volume.size) for volume in volumes if volume.id in made[VOLUME]}
    assert sizes, "The stack has no volume."
    asked = str(garden.parameters["size"])
    assert asked in sizes, "The volume has another size than was said."
    assert asked == "1", "The stack was made with another size than is asked for."


def test_output(garden: Stack, ports: list[Port]) -> None:
    """It tells the address."""
    told = {each["output_key"]: each.get("output_value") for each in garden.outputs or ()}
    assert told.get("address"), "The stack does not tell the address."
    assert ports, "The stack has no port in its network."
    addresses = {each["ip_address"] for port in ports for each in port.fixed_ips}
    assert str(told["address"]) in addresses, "What the stack tells is not the address of its port."

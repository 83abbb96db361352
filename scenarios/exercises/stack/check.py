"""A stack of a network, an address and a disk."""

from typing import Any

import pytest
from openstack.orchestration.v1.stack import Stack

from lab.exercise.looking import one
from lab.project import Project

WANTED = ("OS::Neutron::Net", "OS::Neutron::Subnet", "OS::Neutron::Port", "OS::Cinder::Volume")


@pytest.fixture
def garden(project: Project) -> Stack:
    stacks = (stack for stack in project.api.orchestration.stacks() if stack.name == "garden")
    found = one(stacks, "There is no stack garden yet.")
    return project.api.orchestration.get_stack(found.id)


@pytest.fixture
def resources(project: Project, garden: Stack) -> dict[str, Any]:
    """What the stack has made, by its kind."""
    there = project.api.orchestration.resources(garden)
    return {each.resource_type: each for each in there if each.physical_resource_id}


def test_complete(garden: Stack) -> None:
    """A stack garden that is complete."""
    assert garden.status.endswith("COMPLETE"), f"The stack is {garden.status}."


def test_resources(resources: dict[str, Any]) -> None:
    """It has all that a garden gets."""
    assert set(resources) >= set(WANTED), "The stack does not have all that a garden gets."


def test_subnet(project: Project, resources: dict[str, Any]) -> None:
    """Its network has the addresses that are asked for."""
    assert "OS::Neutron::Subnet" in resources, "The network of the stack has no addresses."
    subnet = project.api.network.get_subnet(resources["OS::Neutron::Subnet"].physical_resource_id)
    assert subnet.cidr == "10.80.0.0/24", "The network of the stack has other addresses than asked for."


def test_size(project: Project, garden: Stack, resources: dict[str, Any]) -> None:
    """A parameter says how large the volume is."""
    assert "size" in (garden.parameters or {}), "The stack does not ask how large the volume shall be."
    assert "OS::Cinder::Volume" in resources, "The stack has no volume."
    volume = project.api.block_storage.get_volume(resources["OS::Cinder::Volume"].physical_resource_id)
    assert str(volume.size) == str(garden.parameters["size"]), "The volume has another size than was said."
    assert volume.size == 1, "The stack was made with another size than is asked for."


def test_output(project: Project, garden: Stack, resources: dict[str, Any]) -> None:
    """It tells the address."""
    told = {each["output_key"]: each.get("output_value") for each in garden.outputs or ()}
    assert told.get("address"), "The stack does not tell the address."
    assert "OS::Neutron::Port" in resources, "The stack has no port."
    port = project.api.network.get_port(resources["OS::Neutron::Port"].physical_resource_id)
    addresses = {each["ip_address"] for each in port.fixed_ips}
    assert str(told["address"]) in addresses, "What the stack tells is not the address of its port."

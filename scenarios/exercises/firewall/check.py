"""A server that takes ping and ssh and nothing else."""

import pytest
from openstack.compute.v2.server import Server
from openstack.network.v2.port import Port
from openstack.network.v2.security_group import SecurityGroup

from lab.exercise.looking import is_for_everybody, is_ping, is_ssh, one, port_of, rules_in
from lab.project import Project
from lab.reach import answers_ping, takes_connections


@pytest.fixture
def group(project: Project) -> SecurityGroup:
    groups = project.api.network.security_groups(name="gate", project_id=project.id)
    return one(groups, "There is no security group gate yet.")


@pytest.fixture
def gate(project: Project) -> Server:
    servers = (server for server in project.api.compute.servers() if server.name == "gate")
    return one(servers, "The server gate is gone; begin anew.")


@pytest.fixture
def port(project: Project, gate: Server) -> Port:
    return port_of(project, gate)


@pytest.fixture
def address(project: Project, port: Port) -> str:
    addresses = [address for address in project.api.network.ips() if address.port_id == port.id]
    found: str = one(addresses, "The server gate has lost its floating IP.").floating_ip_address
    return found


def test_rules(project: Project, group: SecurityGroup) -> None:
    """A group that lets in ping and ssh."""
    rules = [rule for rule in rules_in(project, group) if is_for_everybody(rule)]
    enough = any(map(is_ping, rules)) and any(map(is_ssh, rules))
    assert enough, "The group does not let in from everywhere what the operators need."


def test_no_more(project: Project, group: SecurityGroup) -> None:
    """It lets in nothing else."""
    more = [rule for rule in rules_in(project, group) if not is_ping(rule) and not is_ssh(rule)]
    assert not more, "The group lets in more than ping and ssh."


def test_worn(group: SecurityGroup, port: Port) -> None:
    """The server is in this group alone."""
    assert port.security_group_ids, "The server gate is in no security group."
    assert port.security_group_ids == [group.id], "The server gate is in another group, too, or instead."


def test_ping(address: str) -> None:
    """It answers a ping."""
    assert answers_ping(address), "The server gate does not answer a ping."


def test_ssh(address: str) -> None:
    """It takes ssh."""
    assert takes_connections(address, 22), "Port 22 of the server gate takes no connections."

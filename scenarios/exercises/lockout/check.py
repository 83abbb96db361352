"""A server that is reached again, by what it should be and no more."""

import pytest
from openstack.compute.v2.server import Server
from openstack.network.v2.port import Port

from lab.exercise.looking import is_for_everybody, is_ping, is_ssh, one, port_of, rules_in
from lab.project import Project
from lab.reach import answers_ping, takes_connections


@pytest.fixture
def office(project: Project) -> Server:
    servers = (server for server in project.api.compute.servers() if server.name == "office")
    return one(servers, "The server office is gone; only a reset brings it back.")


@pytest.fixture
def port(project: Project, office: Server) -> Port:
    return port_of(project, office)


@pytest.fixture
def address(project: Project, port: Port) -> str:
    addresses = [address for address in project.api.network.ips() if address.port_id == port.id]
    found: str = one(addresses, "The server office has lost its floating IP.").floating_ip_address
    return found


def test_ping(address: str) -> None:
    """The monitoring reaches it."""
    assert answers_ping(address), "The server office does not answer a ping."


def test_ssh(address: str) -> None:
    """One can log in."""
    assert takes_connections(address, 22), "Port 22 of the server office takes no connections."


def test_no_more(project: Project, port: Port) -> None:
    """Nothing else is let in."""
    groups = project.api.network.security_groups(name="office", project_id=project.id)
    office = one(groups, "The security group office is gone.")
    assert port.security_group_ids == [office.id], "The server is in another group, too, or instead."
    rules = rules_in(project, office)
    more = [rule for rule in rules if not is_ping(rule) and not is_ssh(rule)]
    assert not more, "The group lets in more than ping and ssh."
    wide = [rule for rule in rules if is_for_everybody(rule)]
    both = any(map(is_ping, wide)) and any(map(is_ssh, wide))
    assert both, "The group does not let in both ping and ssh from everywhere."

"""A server that is reached again, by what it should be and no more."""

import pytest
from openstack.compute.v2.server import Server
from openstack.network.v2.port import Port

from lab.exercise.looking import one
from lab.project import Project
from lab.reach import answers_ping, takes_connections

ALLOWED = {("icmp", None, None), ("tcp", 22, 22)}


@pytest.fixture
def office(project: Project) -> Server:
    servers = (server for server in project.api.compute.servers() if server.name == "office")
    return one(servers, "The server office is gone; only a reset brings it back.")


@pytest.fixture
def port(project: Project, office: Server) -> Port:
    return project.port_of(office)


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
    rules = project.api.network.security_group_rules(security_group_id=office.id, direction="ingress")
    found = {
        (rule.protocol, rule.port_range_min, rule.port_range_max)
        for rule in rules
        if rule.ether_type == "IPv4"
    }
    assert found <= ALLOWED, "The group lets in more than ping and ssh."
    assert found == ALLOWED, "The group does not let in both ping and ssh."
    narrow = [
        rule
        for rule in project.api.network.security_group_rules(security_group_id=office.id, direction="ingress")
        if rule.ether_type == "IPv4" and rule.remote_ip_prefix not in {None, "0.0.0.0/0"}
    ]
    assert not narrow, "Not everybody is let in."

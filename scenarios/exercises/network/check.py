"""A server that is reached from outside, through a network of its own."""

import pytest
from openstack.compute.v2.server import Server
from openstack.network.v2.network import Network

from lab.exercise.looking import one
from lab.project import Project
from lab.reach import answers_ping


@pytest.fixture
def shop(project: Project) -> Network:
    networks = project.api.network.networks(name="shop", project_id=project.id)
    return one(networks, "There is no network shop in your project yet.")


@pytest.fixture
def counter(project: Project) -> Server:
    servers = (server for server in project.api.compute.servers() if server.name == "counter")
    return one(servers, "There is no server counter yet.")


def test_network(project: Project, shop: Network) -> None:
    """A network shop with its subnet."""
    cidrs = [subnet.cidr for subnet in project.api.network.subnets(network_id=shop.id)]
    assert cidrs == ["10.50.0.0/24"], "shop does not have the subnet that is asked for, or not only that."


def test_router(project: Project, shop: Network) -> None:
    """A router between it and the world."""
    routers = project.api.network.routers(name="shop", project_id=project.id)
    router = one(routers, "There is no router shop yet.")
    gateway = router.external_gateway_info or {}
    assert gateway.get("network_id") == project.external.id, "The router does not lead to the outside."
    ports = project.api.network.ports(device_id=router.id, network_id=shop.id)
    assert list(ports), "The router is not connected to shop."


def test_server(counter: Server) -> None:
    """A server counter in it."""
    assert counter.status == "ACTIVE", f"counter is {counter.status}."
    assert set(counter.addresses or ()) == {"shop"}, "counter does not stand in shop, or not only there."


def test_answers(project: Project, counter: Server) -> None:
    """It answers from outside."""
    ports = {port.id for port in project.api.network.ports(device_id=counter.id)}
    addresses = [address for address in project.api.network.ips() if address.port_id in ports]
    assert addresses, "counter has no address on the outside yet."
    assert answers_ping(addresses[0].floating_ip_address), (
        "No answer comes from counter's address on the outside. Is it up? Is it let in what you send?"
    )

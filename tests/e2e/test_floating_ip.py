"""Floating IPs: a server answers from outside, the address can move, and a port of it lead elsewhere."""

import socket

from openstack.compute.v2.server import Server

from lab.deadline import Deadline, NotYet
from lab.errors import Layer
from lab.guest import Guest
from lab.project import Project
from lab.reach import (
    takes_connections,
    wait_for_closed_port,
    wait_for_open_port,
    wait_for_ping,
    wait_for_silence,
)


def test_server_answers_from_outside(guest: Guest) -> None:
    wait_for_ping(guest.address)


def test_floating_ip_moves_to_another_server(shared_project: Project, server: Server, guest: Guest) -> None:
    network = shared_project.api.network
    spare = shared_project.server("spare")
    floating_ip = next(network.ips(floating_ip_address=guest.address))

    network.update_ip(floating_ip, port_id=shared_project.port_of(spare).id)
    wait_for_host("spare", shared_project.guest_at(spare, guest.address))

    network.update_ip(floating_ip, port_id=None)
    wait_for_silence(guest.address)

    network.update_ip(floating_ip, port_id=shared_project.port_of(server).id)
    wait_for_host(server.name, guest)


def test_a_port_of_a_floating_ip_leads_to_a_server_without_one(shared_project: Project) -> None:
    network, leases = shared_project.api.network, shared_project.leases
    inside = shared_project.port_of(shared_project.server("inside"))
    floating_ip = network.create_ip(floating_network_id=shared_project.external.id)
    leases.hold("floating IP", lambda: network.delete_ip(floating_ip))
    forwarding = network.create_port_forwarding(
        floatingip_id=floating_ip.id,
        internal_port_id=inside.id,
        internal_ip_address=inside.fixed_ips[0]["ip_address"],
        internal_port=22,
        external_port=2222,
        protocol="tcp",
    )
    leases.hold("forwarding", lambda: network.delete_port_forwarding(forwarding, floating_ip))

    address = floating_ip.floating_ip_address
    wait_for_open_port(address, 2222)
    with socket.create_connection((address, 2222), Deadline(10).seconds) as connection:
        assert connection.recv(4) == b"SSH-"
    assert not takes_connections(address, 22)

    network.delete_port_forwarding(forwarding, floating_ip)
    wait_for_closed_port(address, 2222)


def wait_for_host(name: str, guest: Guest) -> None:
    """Wait until the address of GUEST leads to the server NAME, which takes a moment."""

    def look() -> None:
        found = guest.connect().run("hostname")
        if found != name:
            raise NotYet(f"it leads to {found}")

    Deadline(30).until(Layer.NETWORK, f"{guest.address} leads to {name}", look)

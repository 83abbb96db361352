"""Floating IPs: a server answers from outside, and the address can move to another server."""

from openstack.compute.v2.server import Server

from lab.deadline import Deadline, NotYet
from lab.errors import Layer
from lab.guest import Guest
from lab.project import Project
from lab.reach import wait_for_ping, wait_for_silence


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


def wait_for_host(name: str, guest: Guest) -> None:
    """Wait until the address of GUEST leads to the server NAME, which takes a moment."""

    def look() -> None:
        found = guest.connect().run("hostname")
        if found != name:
            raise NotYet(f"it leads to {found}")

    Deadline(30).until(Layer.NETWORK, f"{guest.address} leads to {name}", look)

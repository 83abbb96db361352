"""Security groups: a closed port is closed, an opened one is open, and closed again it is closed."""

from openstack.compute.v2.server import Server

from lab.guest import Guest
from lab.project import Project
from lab.reach import (
    takes_connections,
    wait_for_closed_port,
    wait_for_open_port,
    wait_for_ping,
    wait_for_silence,
)

PORT = 8000
SERVE = f"nc -ll -p {PORT} -e hostname </dev/null >/dev/null 2>&1 &"


def test_port_opens_and_closes_with_its_rule(shared_project: Project, guest: Guest) -> None:
    network, group = shared_project.api.network, shared_project.reachable
    guest.run(SERVE)
    guest.run(f"until nc -w 2 127.0.0.1 {PORT} </dev/null; do sleep 1; done")
    assert not takes_connections(guest.address, PORT)

    rule = network.create_security_group_rule(
        security_group_id=group.id,
        direction="ingress",
        protocol="tcp",
        port_range_min=PORT,
        port_range_max=PORT,
    )
    wait_for_open_port(guest.address, PORT)

    network.delete_security_group_rule(rule)
    wait_for_closed_port(guest.address, PORT)


def test_running_server_changes_its_groups(shared_project: Project, server: Server, guest: Guest) -> None:
    network = shared_project.api.network
    port = shared_project.port_of(server)
    closed = shared_project.security_group(name="closed")
    wait_for_ping(guest.address)

    network.update_port(port, security_group_ids=[closed.id])
    wait_for_silence(guest.address)

    network.update_port(port, security_group_ids=[shared_project.reachable.id])
    wait_for_ping(guest.address)


def test_server_cannot_pretend_another_address(guest: Guest) -> None:
    gateway = "10.20.0.1"
    guest.run(f"ping -c 1 -W 5 {gateway}")
    guest.run("sudo ip address add 10.20.0.99/24 dev eth0")
    assert not guest.succeeds(f"ping -c 2 -W 2 -I 10.20.0.99 {gateway}")
    guest.run("sudo ip address del 10.20.0.99/24 dev eth0")

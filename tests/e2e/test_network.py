"""What a server gets from its network: address, route, names, metadata, user data."""

import json
from collections.abc import Iterator

import pytest
from openstack.compute.v2.server import Server

from lab.guest import Guest
from lab.project import Project
from lab.settings import Settings

USER_DATA = """#!/bin/sh
echo "user data ran as $(id -un)" > /run/user-data
"""


@pytest.fixture(scope="module")
def neighbour(shared_project: Project) -> Server:
    """A server on the network of `server` that has a config drive and user data."""
    return shared_project.server("neighbour", config_drive=True, user_data=USER_DATA)


@pytest.fixture(scope="module")
def neighbour_guest(shared_project: Project, neighbour: Server) -> Iterator[Guest]:
    """The inside of `neighbour`."""
    guest = shared_project.guest(neighbour)
    yield guest
    guest.close()


def test_dhcp_gives_the_address_of_the_port(shared_project: Project, server: Server, guest: Guest) -> None:
    port = shared_project.port_of(server)
    subnet = shared_project.api.network.get_subnet(port.fixed_ips[0]["subnet_id"])
    prefix = subnet.cidr.partition("/")[2]
    assert f"inet {port.fixed_ips[0]['ip_address']}/{prefix} " in guest.run("ip -4 address show dev eth0")
    assert guest.run("cat /sys/class/net/eth0/address") == port.mac_address


def test_dhcp_gives_the_mtu_that_vxlan_leaves(shared_project: Project, guest: Guest) -> None:
    assert guest.run("cat /sys/class/net/eth0/mtu") == str(shared_project.lan.mtu)
    assert shared_project.lan.mtu == 1450


def test_default_route_is_the_router(guest: Guest) -> None:
    assert "via 10.20.0.1 " in guest.run("ip route show default")
    guest.run("ping -c 1 -W 5 10.20.0.1")


@pytest.mark.usefixtures("neighbour_guest")
def test_largest_packet_passes_to_a_neighbour(
    shared_project: Project, guest: Guest, neighbour: Server
) -> None:
    headers = 28
    payload = shared_project.lan.mtu - headers
    guest.run(f"ping -c 1 -W 5 -s {payload} {shared_project.address_of(neighbour)}")


@pytest.mark.usefixtures("neighbour_guest")
def test_name_of_a_neighbour_resolves(shared_project: Project, guest: Guest, neighbour: Server) -> None:
    address = shared_project.address_of(neighbour)
    assert address in guest.run(f"nslookup {neighbour.name}")
    guest.run(f"ping -c 1 -W 5 {neighbour.name}")


def test_metadata_service_knows_the_server(server: Server, guest: Guest) -> None:
    metadata = json.loads(guest.run("wget -q -O - http://169.254.169.254/openstack/latest/meta_data.json"))
    assert metadata["uuid"] == server.id
    assert metadata["name"] == server.name
    assert guest.run("hostname") == server.name


def test_config_drive_holds_the_metadata(neighbour: Server, neighbour_guest: Guest) -> None:
    neighbour_guest.run("sudo mkdir -p /mnt && sudo mount -o ro $(sudo findfs LABEL=config-2) /mnt")
    metadata = json.loads(neighbour_guest.run("cat /mnt/openstack/latest/meta_data.json"))
    neighbour_guest.run("sudo umount /mnt")
    assert metadata["uuid"] == neighbour.id


def test_user_data_runs_as_root(neighbour_guest: Guest) -> None:
    assert neighbour_guest.run("until cat /run/user-data; do sleep 1; done") == "user data ran as root"


def test_server_reaches_the_cloud_through_its_router(guest: Guest, settings: Settings) -> None:
    versions = json.loads(guest.run(f"wget -q -O - http://{settings.external_address}:5000/v3"))
    assert versions["version"]["id"].startswith("v3")

"""Servers on every compute node: where they run, and that VXLAN, DHCP and metadata reach all of them."""

import json
from itertools import permutations

import pytest
from openstack.compute.v2.server import Server

from lab.cloud import Cloud
from lab.guest import Guest
from lab.machine import Machine
from lab.project import Project
from tests.e2e.multinode.nodes import node_of

HEADERS = 28  # of IP and ICMP
MEBIBYTE = 2**20


def test_a_server_runs_on_each_compute(
    cloud: Cloud, spread: dict[str, Server], computes: list[Machine]
) -> None:
    assert {name: node_of(server, cloud) for name, server in spread.items()} == {
        one.name: one.name for one in computes
    }
    for compute in computes:
        assert spread[compute.name].id in compute.run("ps -ewwo args | grep '[q]emu-system'")


def test_tenant_traffic_between_all_pairs(
    admins_project: Project, spread: dict[str, Server], guests: dict[str, Guest]
) -> None:
    largest = admins_project.lan.mtu - HEADERS
    for here, there in permutations(spread, 2):
        address = admins_project.address_of(spread[there])
        guests[here].run(f"ping -c 3 -W 5 {address}")
        guests[here].run(f"ping -c 1 -W 5 -s {largest} {address}")


def test_bytes_cross_the_tunnel_unharmed(
    admins_project: Project, spread: dict[str, Server], guests: dict[str, Guest]
) -> None:
    sender, receiver = list(spread)[:2]
    guests[sender].put("bytes", bytes(range(256)) * (2 * MEBIBYTE // 256))
    inside = admins_project.guest_at(
        spread[receiver], admins_project.address_of(spread[receiver]), through=guests[sender]
    ).connect()
    inside.put("bytes", bytes(range(256)) * (2 * MEBIBYTE // 256))
    assert inside.run("sha256sum bytes") == guests[sender].run("sha256sum bytes")
    inside.close()


@pytest.mark.usefixtures("spread")
def test_traffic_between_nodes_goes_through_vxlan(computes: list[Machine], admins_project: Project) -> None:
    number = admins_project.api.network.get_network(admins_project.lan.id).provider_segmentation_id
    for compute in computes:
        assert f"vxlan id {number} " in compute.run("ip -details link show type vxlan")


def test_dhcp_on_each_compute(
    admins_project: Project, spread: dict[str, Server], guests: dict[str, Guest]
) -> None:
    for name, guest in guests.items():
        assert f"inet {admins_project.address_of(spread[name])}/" in guest.run("ip -4 address show dev eth0")


def test_metadata_on_each_compute(spread: dict[str, Server], guests: dict[str, Guest]) -> None:
    for name, guest in guests.items():
        text = guest.run("wget -q -O - http://169.254.169.254/openstack/latest/meta_data.json")
        assert json.loads(text)["uuid"] == spread[name].id

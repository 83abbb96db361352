"""What one does with a running server; after each test it runs as before."""

from collections.abc import Iterator

import pytest
from openstack.compute.v2.server import Server

from lab.diagnosis import READY
from lab.errors import Broken
from lab.guest import Guest
from lab.machine import Machine
from lab.project import LARGER, Project
from lab.reach import wait_for_ping, wait_for_silence
from lab.vnc import open_screen


@pytest.fixture(autouse=True)
def running_again(shared_project: Project, server: Server) -> Iterator[None]:
    """A test that failed half-way leaves a server that the next ones can use all the same."""
    yield
    if shared_project.api.compute.get_server(server.id).status != "ACTIVE":
        shared_project.api.compute.reboot_server(server, "HARD")
        shared_project.server_is(server)


def boot_id(guest: Guest) -> str:
    """What is another one after every boot."""
    return guest.run("cat /proc/sys/kernel/random/boot_id")


@pytest.mark.usefixtures("guest")
def test_console_log_tells_when_the_guest_is_ready(shared_project: Project, server: Server) -> None:
    ready = READY.search(shared_project.console_of(server))
    assert ready
    assert ready["hostname"] == server.name
    assert shared_project.address_of(server) in ready["addresses"]


def beginnings_of_nova(computes: list[Machine]) -> list[str]:
    """When nova-compute of each machine was started last."""
    began = "docker inspect --format '{{.State.StartedAt}}' dietstack-nova-compute"
    return [machine.run(began) for machine in computes]


def test_nova_outlives_a_server_whose_console_it_read(
    shared_project: Project, server: Server, guest: Guest, computes: list[Machine]
) -> None:
    before = beginnings_of_nova(computes)
    shared_project.console_of(server)
    shared_project.api.compute.reboot_server(server, "HARD")
    shared_project.server_is(server, within=150)
    guest.connect()
    assert beginnings_of_nova(computes) == before


def test_vnc_console_answers(shared_project: Project, server: Server) -> None:
    screen = open_screen(shared_project.vnc_url_of(server))
    assert screen.width > 0
    assert screen.height > 0


def test_vnc_console_wants_the_right_token(shared_project: Project, server: Server) -> None:
    with pytest.raises(Broken):
        open_screen(shared_project.vnc_url_of(server) + "0")


@pytest.mark.parametrize("kind", ["SOFT", "HARD"])
def test_reboot(shared_project: Project, server: Server, guest: Guest, kind: str) -> None:
    before = boot_id(guest)
    shared_project.api.compute.reboot_server(server, kind)
    shared_project.server_is(server, within=150)
    assert boot_id(guest.connect()) != before


def test_stop_and_start(shared_project: Project, server: Server, guest: Guest) -> None:
    guest.run("echo kept > ~/note && sync")
    shared_project.api.compute.stop_server(server)
    shared_project.server_is(server, "SHUTOFF")
    shared_project.api.compute.start_server(server)
    shared_project.server_is(server)
    assert guest.connect().run("cat ~/note") == "kept"


def test_pause(shared_project: Project, server: Server, guest: Guest) -> None:
    before = boot_id(guest)
    shared_project.api.compute.pause_server(server)
    shared_project.server_is(server, "PAUSED")
    wait_for_silence(guest.address)
    shared_project.api.compute.unpause_server(server)
    shared_project.server_is(server)
    wait_for_ping(guest.address)
    assert boot_id(guest.connect()) == before


def test_suspend(shared_project: Project, server: Server, guest: Guest) -> None:
    before = boot_id(guest)
    shared_project.api.compute.suspend_server(server)
    shared_project.server_is(server, "SUSPENDED")
    wait_for_silence(guest.address)
    shared_project.api.compute.resume_server(server)
    shared_project.server_is(server)
    wait_for_ping(guest.address)
    assert boot_id(guest.connect()) == before


def test_shelve(shared_project: Project, server: Server, guest: Guest) -> None:
    guest.run("echo shelved > ~/note && sync")
    shared_project.api.compute.shelve_server(server)
    shared_project.server_is(server, "SHELVED_OFFLOADED", within=150)
    shared_project.api.compute.unshelve_server(server)
    shared_project.server_is(server, within=150)
    assert guest.connect().run("cat ~/note") == "shelved"


def test_rescue(shared_project: Project, server: Server, guest: Guest) -> None:
    guest.run("echo rescued > ~/note && sync")
    shared_project.api.compute.rescue_server(server)
    shared_project.server_is(server, "RESCUE")
    guest.connect()
    guest.run("sudo mkdir -p /mnt && sudo mount -o ro /dev/vdb2 /mnt")
    assert guest.run("cat /mnt/home/dietguest/note") == "rescued"
    guest.run("sudo umount /mnt")
    shared_project.api.compute.unrescue_server(server)
    shared_project.server_is(server)
    assert guest.connect().run("cat ~/note") == "rescued"


def test_resize(shared_project: Project, server: Server, guest: Guest) -> None:
    larger = shared_project.api.compute.find_flavor(LARGER, ignore_missing=False)
    before = memory_of(guest)
    shared_project.api.compute.resize_server(server, larger.id)
    shared_project.server_is(server, "VERIFY_RESIZE", within=150)
    shared_project.api.compute.confirm_server_resize(server)
    assert shared_project.server_is(server).flavor.original_name == LARGER
    assert memory_of(guest.connect()) > before + 200


def memory_of(guest: Guest) -> int:
    """MiB that the guest sees."""
    return int(guest.run("awk '/MemTotal/ { print int($2 / 1024) }' /proc/meminfo"))


def test_snapshot_and_rebuild_from_it(shared_project: Project, server: Server, guest: Guest) -> None:
    guest.run("echo snapshot > ~/note && sync")
    image = shared_project.image_of(server, "snapshot")
    shared_project.server_is(server)
    guest.run("rm ~/note && sync")

    shared_project.api.compute.rebuild_server(server, image=image.id, name=server.name)
    shared_project.server_is(server, within=150)
    assert guest.connect().run("cat ~/note") == "snapshot"

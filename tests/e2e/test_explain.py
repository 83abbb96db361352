"""`dietstack-net explain` follows the way of a port: whole, or broken where a test broke it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from openstack.compute.v2.server import Server
from testinfra.backend.base import CommandResult

from lab.cloud import Cloud
from lab.guest import Guest
from lab.machine import Machine
from lab.project import Project
from lab.reach import wait_for_ping

WHOLE, ENDS, REFUSED = 0, 1, 2


@pytest.fixture(scope="module")
def port_id(shared_project: Project, server: Server, guest: Guest) -> str:
    """The port of a server that answers from outside."""
    wait_for_ping(guest.address)
    return shared_project.port_of(server).id


@pytest.fixture(scope="module")
def node(cloud: Cloud, port_id: str, computes: list[Machine]) -> Machine:
    """The machine that the server runs on."""
    host = cloud.api.network.get_port(port_id).binding_host_id
    return next(machine for machine in computes if host in {machine.name, hostname_of(machine)})


def test_a_way_is_whole(control: Machine, port_id: str) -> None:
    said = explain(control, port_id)
    assert said.rc == WHOLE, said.stdout + said.stderr
    assert last_line(said) == "the way is whole", said.stdout


@pytest.mark.parametrize("name", ["beginning", "tap", "address", "server"])
def test_a_port_has_many_names(
    name: str, control: Machine, shared_project: Project, server: Server, port_id: str
) -> None:
    words = {
        "beginning": port_id[:11],
        "tap": tap_of(port_id),
        "address": shared_project.address_of(server),
        "server": server.id,
    }
    said = explain(control, words[name])
    assert said.rc == WHOLE, said.stdout + said.stderr
    assert f"port {port_id[:11]}" in said.stdout


def test_a_tap_that_is_down_is_named(control: Machine, node: Machine, port_id: str, guest: Guest) -> None:
    with tap_down(node, tap_of(port_id)):
        said = explain(control, port_id)
        assert said.rc == ENDS, said.stdout + said.stderr
        ends = f"the way ends: {tap_of(port_id)} on {hostname_of(node)}: device: it is down"
        assert last_line(said).startswith(ends), said.stdout
    wait_for_ping(guest.address)
    assert explain(control, port_id).rc == WHOLE


def test_a_port_that_is_not_there_is_refused_in_one_line(control: Machine) -> None:
    said = explain(control, "no-such-port")
    assert said.rc == REFUSED
    assert said.stdout == ""
    assert said.stderr.startswith("refused: no-such-port: ")
    assert len(said.stderr.splitlines()) == 1


def explain(control: Machine, port: str) -> CommandResult:
    """What `dscli.sh dietstack-net explain PORT` says and returns."""
    return control.result(
        "cd %s && ./dscli.sh dietstack-net explain %s < /dev/null", str(control.checkout), port
    )


@contextmanager
def tap_down(node: Machine, tap: str) -> Iterator[None]:
    """Take a server's device on its node down, and up again."""
    node.run("ip link set %s down", tap)
    try:
        yield
    finally:
        node.run("ip link set %s up", tap)


def tap_of(port_id: str) -> str:
    """The name of a port's device on its node."""
    return f"tap{port_id[:11]}"


def hostname_of(machine: Machine) -> str:
    """The name by which the cloud knows MACHINE."""
    return machine.run("hostname")


def last_line(said: CommandResult) -> str:
    """The line that says where the way ends."""
    return str(said.stdout).strip().rpartition("\n")[2]

"""What the agent may cost: run with -m bench on a machine that does nothing else."""

import os
import statistics
import time

import pytest
from hosts import eventually

from server.cloud import PROJECT, Network

pytestmark = pytest.mark.bench

NETWORKS, PORTS_PER_NETWORK = 50, 4
SECONDS_IDLE, SECONDS_AT_REST = 60, 5


@pytest.fixture
def many_devices(neutron, nodes, open_group):
    """200 ports on 50 networks of one node, whose devices appear while the agent is away."""
    node = nodes[0]
    networks = [Network(neutron, number) for number in range(10, 10 + NETWORKS)]
    port = {"project_id": PROJECT, "device_owner": "compute:nova", "security_groups": [open_group]}
    wanted = [
        {**port, "network_id": network.id, "binding:host_id": node.name}
        for network in networks
        for _ in range(PORTS_PER_NETWORK)
    ]
    ports = [neutron.create("port", **one)["id"] for one in wanted]
    node.end_agent()
    for number, identifier in enumerate(ports):
        node.ip("link", "add", f"tap{identifier[:11]}", "type", "veth", "peer", "name", f"peer{number}")
        node.ip("link", "set", f"tap{identifier[:11]}", "up")
    yield ports
    for identifier in ports:
        node.ip("link", "del", f"tap{identifier[:11]}")
        neutron.delete("port", identifier)
    for network in networks:
        network.delete()


def test_a_port_is_wired_in_300_milliseconds(make, nodes, capsys):
    times = []
    for _ in range(21):
        server = make(nodes[0])
        began = server.plug()
        eventually(
            lambda server=server: "master brq" in nodes[0].ip("link", "show", server.tap),
            "it is in its bridge",
        )
        times.append(time.monotonic() - began)
        server.await_active()
    show(
        capsys,
        f"a port is wired in {statistics.median(times) * 1000:.0f} ms, at worst {max(times) * 1000:.0f} ms",
    )
    assert statistics.median(times) < 0.3


def test_many_ports_at_the_start_then_memory_and_idle_cpu(many_devices, neutron, nodes, capsys):
    node = nodes[0]
    began = time.monotonic()
    node.start_agent()
    wanted = set(many_devices)

    def all_wired() -> bool:
        return node.ip("link", "show").count("master brq") >= len(wanted)

    def all_active() -> bool:
        return wanted <= {port["id"] for port in neutron.list("port", status="ACTIVE", fields="id")}

    eventually(all_wired, "all ports are wired", 120, pause=0.5)
    wired = time.monotonic() - began
    # The list of so many ports is work for the server that it should not have while it is measured.
    eventually(all_active, "all ports are active", 120, pause=2)
    active = time.monotonic() - began
    pid = node.pid_of()
    eventually(lambda: is_at_rest(pid), "the agent has done all", 120)
    before = cpu_seconds(pid)
    time.sleep(SECONDS_IDLE)
    idle = (cpu_seconds(pid) - before) / SECONDS_IDLE * 100
    memory = pss(pid)
    show(
        capsys,
        f"{len(wanted)} ports on {NETWORKS} networks are wired {wired:.1f} s after the agent's start, "
        f"and ACTIVE after {active:.1f} s",
    )
    show(capsys, f"with them it has {memory:.0f} MB PSS and takes {idle:.2f} % of a core when idle")
    assert wired < 20
    assert memory < 130
    assert idle < 0.5


def is_at_rest(pid: int) -> bool:
    """Tell whether a process took less than a tenth of a processor for some seconds."""
    before = cpu_seconds(pid)
    time.sleep(SECONDS_AT_REST)
    return cpu_seconds(pid) - before < SECONDS_AT_REST / 10


def cpu_seconds(pid: int) -> float:
    """Return how much time of a processor a process took so far."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss(pid: int) -> float:
    """Return the megabytes of memory that are a process's share."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:  # noqa: PTH123
        return next(int(line.split()[1]) / 1000 for line in rollup if line.startswith("Pss:"))


def show(capsys, line: str) -> None:
    """Print a line at once, whether the test succeeds or not."""
    with capsys.disabled():
        print(f"\n{line}")  # noqa: T201

"""On the external network only Horizon, the APIs and the console proxy listen."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from testinfra.host import Host

from lab.cloud import Cloud
from lab.containers import containers
from lab.settings import Settings

CONSOLE_PROXY = 6080


@pytest.fixture(scope="module")
def welcome(cloud: Cloud, settings: Settings) -> set[int]:
    """The ports that may be open to the external network."""
    public = [
        urlsplit(endpoint["url"]).port
        for service in cloud.api.service_catalog
        for endpoint in service["endpoints"]
        if endpoint["interface"] == "public"
    ]
    return {port for port in public if port} | {settings.horizon_port, CONSOLE_PROXY}


def test_nothing_else_is_open_to_the_external_network(
    machine: Host, settings: Settings, welcome: set[int]
) -> None:
    ours = {container.id for container in containers(machine)}
    open_ports = {}
    for line in machine.check_output(
        "ss --no-header --listening --numeric --tcp --udp --processes"
    ).splitlines():
        protocol, _, _, _, local, *_ = line.split()
        address, _, port = local.rpartition(":")
        pids = re.findall(r"pid=(\d+)", line)
        if is_reached_from(address, settings) and any(runs_in(pid, ours, machine) for pid in pids):
            open_ports[int(port)] = f"{protocol} {local} {line.rpartition('users:')[2]}"
    assert {port: who for port, who in open_ports.items() if port not in welcome} == {}
    assert set(open_ports) == welcome


def is_reached_from(address: str, settings: Settings) -> bool:
    """Whether what listens on ADDRESS is reached from the external network."""
    bare = address.strip("[]").partition("%")[0]
    return bare == "*" or ip_address(bare).is_unspecified or bare == settings.external_address


def runs_in(pid: str, container_ids: set[str], machine: Host) -> bool:
    """Whether the process PID runs in one of the containers."""
    cgroups = machine.file(f"/proc/{pid}/cgroup").content_string
    return any(container_id in cgroups for container_id in container_ids)

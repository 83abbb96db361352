"""To the external network only Horizon, the APIs and the console proxy are open; on compute nodes nothing."""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

import pytest
from testinfra.host import Host

from lab.cloud import Cloud
from lab.containers import containers
from lab.machine import Machine
from lab.scenario import Role
from lab.settings import Settings

CONSOLE_PROXY = 6080
SERVERS = re.compile("/dietstack$", re.MULTILINE)  # their control group


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
    each_machine: Machine, settings: Settings, welcome: set[int]
) -> None:
    host = each_machine.host
    ours = {container.id for container in containers(host)}
    open_ports = {}
    for line in host.check_output(
        "ss --no-header --listening --numeric --tcp --udp --processes"
    ).splitlines():
        protocol, _, _, _, local, *_ = line.split()
        address, _, port = local.rpartition(":")
        pids = re.findall(r"pid=(\d+)", line)
        if is_reached_from(address, settings) and any(is_ours(pid, ours, host) for pid in pids):
            open_ports[int(port)] = f"{protocol} {local} {line.rpartition('users:')[2]}"
    wanted = welcome if Role.CONTROL in each_machine.spec.roles else set()
    assert {port: who for port, who in open_ports.items() if port not in wanted} == {}
    assert set(open_ports) == wanted


def is_reached_from(address: str, settings: Settings) -> bool:
    """Whether what listens on ADDRESS is reached from the external network."""
    bare = address.strip("[]").partition("%")[0]
    return bare == "*" or ip_address(bare).is_unspecified or bare == settings.external_address


def is_ours(pid: str, container_ids: set[str], host: Host) -> bool:
    """Whether the process PID runs in one of the containers, or outside of them as servers do."""
    cgroups = host.file(f"/proc/{pid}/cgroup").content_string
    in_a_container = any(container_id in cgroups for container_id in container_ids)
    return in_a_container or SERVERS.search(cgroups) is not None

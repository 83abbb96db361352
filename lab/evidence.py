"""What a person would look at next when a test has failed."""

import re
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

from keystoneauth1.exceptions import ClientException
from openstack.exceptions import SDKException

from lab.project import Project
from lab.settings import STATE

CONSOLE_LINES = 40
LOG_LINES = 40
TIMESTAMP = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
TROUBLE = re.compile(r" (ERROR|CRITICAL) ")

NO_ANSWER = (SDKException, ClientException)

Section = tuple[str, str]


def evidence(projects: Iterable[Project], since: str, logs: Path = STATE / "log") -> Iterator[Section]:
    """Titles and texts: what is in PROJECTS, sick containers, errors in LOGS since SINCE.

    SINCE is the time, UTC, as the services' logs write it: 2030-01-31 23:59:59.
    """
    for project in projects:
        try:
            yield from project_evidence(project)
        except NO_ANSWER as error:
            yield f"project {project.name}", f"its state cannot be had: {error}"
    yield "containers that are not healthy", unhealthy_containers()
    for log in sorted(logs.glob("*/*.log")):
        lines = list(troubles(log.read_text(errors="replace").splitlines(), since))
        if lines:
            yield f"{log.parent.name}/{log.name}", "\n".join(lines[-LOG_LINES:])


def project_evidence(project: Project) -> Iterator[Section]:
    """The state of what is in PROJECT, and the consoles of its servers."""
    yield f"project {project.name}", "\n".join(states(project))
    for server in project.api.compute.servers():
        try:
            console = project.console_of(server, CONSOLE_LINES)
        except NO_ANSWER as error:
            console = f"no console: {error}"
        yield f"console of {server.name}", console


def states(project: Project) -> Iterator[str]:
    """One line for each server, port, floating IP, volume and stack of PROJECT."""
    api, mine = project.api, {"project_id": project.id}
    for server in api.compute.servers():
        fault = (server.fault or {}).get("message", "")
        yield f"server {server.name} {server.id} {server.status} task {server.task_state} {fault}".rstrip()
    for port in api.network.ports(**mine):
        addresses = " ".join(fixed["ip_address"] for fixed in port.fixed_ips)
        yield f"port {port.id} {port.status} {port.device_owner or 'unbound'} {addresses}"
    for address in api.network.ips(**mine):
        yield f"floating IP {address.floating_ip_address} {address.status} {address.fixed_ip_address}"
    for volume in api.block_storage.volumes():
        yield f"volume {volume.name} {volume.id} {volume.status}"
    for stack in api.orchestration.stacks():
        yield f"stack {stack.name} {stack.status} {stack.status_reason}"


def troubles(lines: Iterable[str], since: str) -> Iterator[str]:
    """The lines that tell of an error and are not older than SINCE."""
    for line in lines:
        if TIMESTAMP.match(line) and line[: len(since)] >= since and TROUBLE.search(line):
            yield line


def unhealthy_containers() -> str:
    """Names and states of DietStack's containers that are not running and healthy."""
    command = ["docker", "ps", "--all", "--filter", "label=dietstack", "--format", "{{.Names}} {{.Status}}"]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in listing.splitlines() if not line.endswith("(healthy)"))

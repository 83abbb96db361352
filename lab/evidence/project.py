"""What the APIs say of a test's project: the state of everything in it, and the consoles of its servers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lab.api import NO_ANSWER
from lab.diagnosis import complaints
from lab.project import Project


@dataclass
class ProjectState:
    """The LINES about what is in a project, CONSOLES by server name, and the ids of its networks and routers.

    PORTS are the ids of its servers' ports, FAULTS those of its servers and volumes that are in error.
    """

    name: str
    lines: list[str] = field(default_factory=list)
    consoles: dict[str, str] = field(default_factory=dict)
    networks: set[str] = field(default_factory=set)
    routers: set[str] = field(default_factory=set)
    ports: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def state_of(project: Project) -> ProjectState:
    """Everything in PROJECT; a service that does not answer is named in its place."""
    state = ProjectState(project.name)
    for kind in (servers, networking, security, volumes, images, stacks):
        try:
            state.lines.extend(kind(project, state))
        except NO_ANSWER as error:
            state.lines.append(f"{kind.__name__}: no answer, {error}")
    return state


Kind = Callable[[Project, ProjectState], Iterator[str]]


def servers(project: Project, state: ProjectState) -> Iterator[str]:
    """One line for each server, and what its guest complains of; takes its console along."""
    for server in project.api.compute.servers():
        fault = (server.fault or {}).get("message", "")
        if server.status == "ERROR":
            state.faults.append(fault or "a server is in ERROR")
        console = state.consoles[server.name] = console_of(project, server)
        yield f"server {server.name} {server.id} {server.status} task {server.task_state} {fault}".rstrip()
        yield from (f"console of {server.name}: {line}" for line in complaints(console))


def console_of(project: Project, server: object) -> str:
    """What SERVER wrote to its console, or why that cannot be had."""
    try:
        return project.console_of(server)  # type: ignore[arg-type]
    except NO_ANSWER as error:
        return f"no console: {error}"


def networking(project: Project, state: ProjectState) -> Iterator[str]:
    """One line for each network, router, port and floating IP; takes their ids along."""
    network, mine = project.api.network, {"project_id": project.id}
    for one in network.networks(**mine):
        state.networks.add(one.id)
        yield f"network {one.name} {one.id} {one.status}"
    for subnet in network.subnets(**mine):
        yield f"subnet {subnet.cidr} {subnet.id} of network {subnet.network_id} DHCP {subnet.is_dhcp_enabled}"
    for router in network.routers(**mine):
        state.routers.add(router.id)
        yield f"router {router.name} {router.id} {router.status}"
    for port in network.ports(**mine):
        if (port.device_owner or "").startswith("compute:"):
            state.ports.append(port.id)
        addresses = " ".join(fixed["ip_address"] for fixed in port.fixed_ips)
        owner = f"{port.device_owner or 'unbound'} {port.binding_host_id or ''}".rstrip()
        yield f"port {port.id} {port.status} {owner} {addresses}"
    for address in network.ips(**mine):
        yield f"floating IP {address.floating_ip_address} {address.status} {address.fixed_ip_address}"


def security(project: Project, state: ProjectState) -> Iterator[str]:  # noqa: ARG001  it is a Kind
    """One line for each rule of each security group."""
    for group in project.api.network.security_groups(project_id=project.id):
        for rule in group.security_group_rules:
            ports = f"{rule.get('port_range_min') or ''}-{rule.get('port_range_max') or ''}"
            peer = rule.get("remote_ip_prefix") or rule.get("remote_group_id") or "everybody"
            protocol = f"{rule.get('ethertype')} {rule.get('protocol') or 'any'} {ports}"
            yield f"security group {group.name} {group.id} {rule.get('direction')} {protocol} {peer}"


def volumes(project: Project, state: ProjectState) -> Iterator[str]:
    """One line for each volume, snapshot and backup."""
    storage = project.api.block_storage
    for kind, things in (
        ("volume", storage.volumes()),
        ("snapshot", storage.snapshots()),
        ("backup", storage.backups()),
    ):
        for thing in things:
            if thing.status.startswith("error"):
                state.faults.append(f"{kind} {thing.name} is {thing.status}")
            yield f"{kind} {thing.name} {thing.id} {thing.status}"


def images(project: Project, state: ProjectState) -> Iterator[str]:  # noqa: ARG001  it is a Kind
    """One line for each image of the project's own."""
    for image in project.api.image.images(owner=project.id):
        yield f"image {image.name} {image.id} {image.status}"


def stacks(project: Project, state: ProjectState) -> Iterator[str]:
    """One line for each stack."""
    for stack in project.api.orchestration.stacks():
        if stack.status.endswith("FAILED"):
            state.faults.append(str(stack.status_reason))
        yield f"stack {stack.name} {stack.status} {stack.status_reason}"

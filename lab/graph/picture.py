"""What is drawn of a lab."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from lab.api import NO_ANSWER, Api, connect
from lab.labs import Lab
from lab.scenario import CONTROL, address_of


@dataclass(frozen=True)
class DrawnServer:
    """A server with its addresses as `network address`."""

    name: str
    status: str
    addresses: list[str]


@dataclass(frozen=True)
class DrawnMachine:
    """A machine with its addresses as `network address`, and the servers on it."""

    name: str
    roles: list[str]
    addresses: list[str]
    servers: list[DrawnServer] = field(default_factory=list)


@dataclass(frozen=True)
class Picture:
    """A lab as it is drawn; NETWORKS are names and subnets; NOTE says what could not be asked."""

    name: str
    networks: dict[str, str]
    machines: list[DrawnMachine]
    tenant_networks: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """What a program reads."""
        return asdict(self)


def picture_of(lab: Lab) -> Picture:
    """LAB as it is now; without servers where its cloud does not answer."""
    networks = {"external": str(lab.external), "ds": str(lab.ds)}
    servers: list[tuple[str, DrawnServer]] = []
    tenant: dict[str, str] = {}
    note = "" if lab.clouds_yaml.exists() else "the cloud is not deployed yet"
    if not note:
        try:
            api = connect("dietstack-admin", lab.clouds_yaml)
            servers, tenant = list(servers_of(api)), tenant_networks_of(api)
        except NO_ANSWER as error:
            note = f"the cloud does not answer: {error}"
    machines = [
        drawn_machine(name, lab, [one for host, one in servers if host == name or lab.scenario.local])
        for name in lab.scenario.machines
    ]
    return Picture(lab.name, networks, machines, tenant, note)


def drawn_machine(name: str, lab: Lab, servers: list[DrawnServer]) -> DrawnMachine:
    """The machine NAME of LAB with SERVERS on it."""
    spec = lab.scenario.machines[name]
    addresses = [] if lab.scenario.local else [f"ds {address_of(name, lab.ds)}"]
    if name == CONTROL:
        addresses.insert(0, f"external {lab.external_address}")
    return DrawnMachine(name, [str(role) for role in spec.roles], addresses, servers)


def servers_of(api: Api) -> Iterator[tuple[str, DrawnServer]]:
    """Every server of the cloud and the machine that it is on."""
    for server in api.compute.servers(all_projects=True):
        addresses = [
            f"{network} {one['addr']}" for network, them in (server.addresses or {}).items() for one in them
        ]
        yield str(server.compute_host), DrawnServer(server.name, server.status, addresses)


def tenant_networks_of(api: Api) -> dict[str, str]:
    """The subnets of every network that is not external, by the network's name."""
    subnets: dict[str, list[str]] = {}
    for subnet in api.network.subnets():
        subnets.setdefault(subnet.network_id, []).append(subnet.cidr)
    networks = [network for network in api.network.networks() if not network.is_router_external]
    return {network.name: ", ".join(subnets.get(network.id, [])) for network in networks}

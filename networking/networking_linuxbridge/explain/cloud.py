"""What the API says: ports, networks, routers, agents, rules. Built by `api`, or by hand in tests."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from networking_linuxbridge import names

DHCP, FLOATING = "network:dhcp", "network:floatingip"
ROUTER_SIDE = ("network:router_interface", "network:ha_router_replicated_interface")
L2_AGENT, DHCP_AGENT, L3_AGENT = "Linux bridge agent", "DHCP agent", "L3 agent"
# By version of IP: the protocols of rules that pings may match, and the ICMP type of their requests.
_PROTOCOLS = {4: {None, "icmp", "1"}, 6: {None, "icmp", "icmpv6", "ipv6-icmp", "58"}}
_ECHO_REQUEST = {4: 8, 6: 128}


@dataclass(frozen=True)
class Port:
    """A port; GROUPS are the ids of its security groups, FILTERED says whether they apply.

    REASON is why it could not be bound, as the mechanism driver noted it.
    """

    id: str
    network: str
    mac: str
    addresses: tuple[str, ...]
    owner: str = ""
    device: str = ""
    host: str = ""
    vif_type: str = "tap"
    status: str = "ACTIVE"
    admin_up: bool = True
    filtered: bool = True
    groups: tuple[str, ...] = ()
    reason: str = ""

    @property
    def tap(self) -> str:
        """The device on its host."""
        return names.tap(self.id)

    @property
    def has_ipv4(self) -> bool:
        """Whether it has an address of IPv4."""
        return any(version_of(address) == 4 for address in self.addresses)

    @property
    def is_servers(self) -> bool:
        """Whether a server is behind it."""
        return self.owner.startswith("compute:")

    @property
    def is_dhcp_servers(self) -> bool:
        """Whether it is the port of a DHCP server that works."""
        return self.owner == DHCP and self.device != "reserved_dhcp_port"

    @property
    def is_routers(self) -> bool:
        """Whether it is a router's on the side of servers."""
        return self.owner in ROUTER_SIDE


@dataclass(frozen=True)
class Network:
    """A network and how it is realised; MTU in bytes."""

    id: str
    name: str
    kind: str
    vni: int | None
    mtu: int
    physical: str | None = None
    admin_up: bool = True

    @property
    def is_vxlan(self) -> bool:
        """Whether VXLAN joins its hosts."""
        return self.kind == "vxlan"


@dataclass(frozen=True)
class Subnet:
    """Addresses of a network, and whether neutron gives them out by DHCP."""

    network: str
    cidr: str
    dhcp: bool = True


@dataclass(frozen=True)
class Agent:
    """An agent as it last reported. FILTERS: security groups do on the host of a Linux bridge agent."""

    kind: str
    host: str
    alive: bool = True
    heard: str = ""
    vxlan_address: str | None = None
    mappings: dict[str, str] = field(default_factory=dict)
    filters: bool = True


@dataclass(frozen=True)
class Router:
    """A router; GATEWAY: the id of its external network."""

    id: str
    name: str
    admin_up: bool = True
    gateway: str | None = None


@dataclass(frozen=True)
class FloatingAddress:
    """A floating IP and the address of the port that it leads to."""

    address: str
    fixed: str
    port: str
    router: str | None


@dataclass(frozen=True)
class Rule:
    """A rule of a security group. REMOTE: a prefix, the id of a group, or None for everybody.

    PORTS are the first and last, or for ICMP the type and code.
    """

    group: str
    direction: str
    version: int
    protocol: str | None = None
    ports: tuple[int | None, int | None] = (None, None)
    remote: str | None = None

    def __str__(self) -> str:
        low, high = self.ports
        ports = "" if low is None else f" {low}" if high in {low, None} else f" {low}-{high}"
        return f"{self.protocol or 'anything'}{ports}"

    @property
    def is_of_pings(self) -> bool:
        """Whether the requests of pings are among what it is about."""
        kind, code = self.ports
        known = self.protocol in _PROTOCOLS[self.version]
        return known and kind in {None, _ECHO_REQUEST[self.version]} and code in {None, 0}


@dataclass(frozen=True)
class Server:
    """A server as nova sees it."""

    id: str
    name: str
    status: str


@dataclass(frozen=True)
class Cloud:
    """All that the way of PORT may touch. TO is the address that the way shall lead to, if it shall."""

    port: Port
    ports: tuple[Port, ...]
    networks: dict[str, Network]
    subnets: tuple[Subnet, ...] = ()
    agents: tuple[Agent, ...] = ()
    routers: tuple[Router, ...] = ()
    floating: tuple[FloatingAddress, ...] = ()
    rules: tuple[Rule, ...] = ()
    server: Server | None = None
    to: str | None = None

    @property
    def network(self) -> Network:
        """The network of the port."""
        return self.networks[self.port.network]

    @property
    def target(self) -> Port | None:
        """The port that the way shall lead to, by a floating IP or its own address.

        Others may have the same address where the port's network does not reach: none of them is meant.
        """
        floats = next((one.port for one in self.floating if one.address == self.to), None)
        if floats:
            return next((port for port in self.ports if port.id == floats), None)
        near = [self.port.network, *self._networks_behind_routers()]
        there = (port for port in self.ports if self.to in port.addresses and port.owner != FLOATING)
        reached = (port for port in there if port.network in near)
        return min(reached, key=lambda port: near.index(port.network), default=None)

    def ports_of(self, network: str) -> Iterator[Port]:
        """Return the ports of a network that are bound to a host."""
        return (port for port in self.ports if port.network == network and port.host)

    def agent(self, kind: str, host: str) -> Agent | None:
        """Return the agent of a KIND on HOST."""
        return next((agent for agent in self.agents if (agent.kind, agent.host) == (kind, host)), None)

    def filters(self, port: Port) -> bool:
        """Whether security groups apply to PORT: to itself, and on its host."""
        agent = self.agent(L2_AGENT, port.host)
        return port.filtered and (agent is None or agent.filters)

    def vxlan_address(self, host: str) -> str | None:
        """Where other hosts send VXLAN packets for HOST."""
        agent = self.agent(L2_AGENT, host)
        return agent.vxlan_address if agent else None

    def _networks_behind_routers(self) -> list[str]:
        """Return the networks of the routers that the port's network has."""
        sides = [port for port in self.ports if port.is_routers]
        routers = {side.device for side in sides if side.network == self.port.network}
        return [side.network for side in sides if side.device in routers]

    def hosts_with_routers(self) -> Iterator[str]:
        """Return the hosts that routers may be on."""
        return (agent.host for agent in self.agents if agent.kind == L3_AGENT)

    def dhcp_is_wanted(self, network: str) -> bool:
        """Whether neutron gives out addresses of a network."""
        return any(subnet.dhcp for subnet in self.subnets if subnet.network == network)

    def router_of(self, port: Port) -> Router | None:
        """Return the router that PORT is a port of."""
        return next((router for router in self.routers if router.id == port.device), None)

    def rules_of(self, port: Port, direction: str) -> list[Rule]:
        """Return what the security groups of PORT let pass in a DIRECTION."""
        return [rule for rule in self.rules if rule.group in port.groups and rule.direction == direction]


def version_of(address: str) -> int:
    """4 or 6."""
    return ip_address(address).version


def lets_ping(rule: Rule, address: str, groups: tuple[str, ...] = ()) -> bool:
    """Whether RULE lets a ping from or to ADDRESS pass, which a port in GROUPS may have."""
    if rule.version != version_of(address) or not rule.is_of_pings:
        return False
    if rule.remote is None:
        return True
    if "/" in rule.remote:
        return ip_address(address) in ip_network(rule.remote, strict=False)
    return rule.remote in groups

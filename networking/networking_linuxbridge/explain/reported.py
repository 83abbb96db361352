"""What the API alone tells of the way: is the port bound, does its server run, do the agents report."""

from collections.abc import Iterator

from networking_linuxbridge.explain.cloud import DHCP_AGENT, L2_AGENT, L3_AGENT, Cloud, Port
from networking_linuxbridge.explain.hop import Hop, Spot


def port_hops(cloud: Cloud, port: Port) -> Iterator[Hop]:
    """Say whether PORT is meant to work, and where."""
    spot = Spot("", f"port {port.id[:11]}")
    if not cloud.networks[port.network].admin_up:
        name = cloud.networks[port.network].name
        yield spot.bad(
            "network", f"{name} is administratively down", f"openstack network set --enable {name}"
        )
    if not port.admin_up:
        yield spot.bad("state", "administratively down", f"openstack port set --enable {port.id}")
    if port == cloud.port and cloud.server:
        yield _server_hop(cloud)
    if port.vif_type == "binding_failed":
        mend = f"openstack network agent list --host {port.host}: the log of neutron's server says why"
        shows = f"failed on {port.host}: {port.reason}" if port.reason else f"failed on {port.host}"
        yield spot.bad("binding", shows, mend)
    elif not port.host or port.vif_type == "unbound":
        yield spot.bad("binding", "to no host", f"openstack server add port SERVER {port.id}")
    else:
        yield spot.good("binding", f"{port.vif_type} on {port.host}, {', '.join(port.addresses)}")
        yield from agent_hops(cloud, L2_AGENT, port.host)
    if port.status != "ACTIVE" and port.admin_up:
        mend = f"the log of the Linux bridge agent on {port.host or 'its host'} says why"
        yield spot.odd("status", f"{port.status}: other hosts do not know where it is", mend)


def agent_hops(cloud: Cloud, kind: str, host: str) -> Iterator[Hop]:
    """Say whether the agent of a KIND on HOST reports."""
    spot, agent = Spot("", f"{kind} on {host}"), cloud.agent(kind, host)
    if agent is None:
        yield spot.bad("report", "never came", f"start it on {host}")
    elif not agent.alive:
        yield spot.bad(
            "report", f"last came at {agent.heard}", f"look whether it runs on {host}, and its log"
        )
    else:
        yield spot.good("report", f"came at {agent.heard}")


def dhcp_hops(cloud: Cloud, port: Port) -> Iterator[Hop]:
    """Say whether a DHCP server is there for PORT, and its agent reports."""
    network = cloud.networks[port.network]
    servers = [one for one in cloud.ports_of(network.id) if one.is_dhcp_servers]
    if cloud.dhcp_is_wanted(network.id) and not servers:
        agents = [agent.host for agent in cloud.agents if agent.kind == DHCP_AGENT]
        shows = f"none serves {network.name}; DHCP agents: {', '.join(agents) or 'none'}"
        mend = f"openstack network agent add network --dhcp AGENT {network.id}"
        yield Spot("", "DHCP").bad("server", shows, mend)
    for server in servers:
        yield from agent_hops(cloud, DHCP_AGENT, server.host)


def router_hops(cloud: Cloud, port: Port) -> Iterator[Hop]:
    """Say whether the agents of the routers at PORT report."""
    for router in (one for one in cloud.ports_of(port.network) if one.is_routers):
        yield from agent_hops(cloud, L3_AGENT, router.host)


def _server_hop(cloud: Cloud) -> Hop:
    server = cloud.server
    assert server is not None  # noqa: S101  its caller looked
    spot = Spot("", f"server {server.name}")
    if server.status == "SHUTOFF":
        return spot.bad("state", "it is off", f"openstack server start {server.id}")
    if server.status in {"ACTIVE", "REBOOT", "HARD_REBOOT", "MIGRATING", "VERIFY_RESIZE"}:
        return spot.good("state", server.status)
    return spot.bad("state", server.status, f"openstack server show {server.id} -c status -c fault")

"""Ask the API for all that the way of a port may touch; an administrator's rights are needed for hosts."""

import os
from collections.abc import Iterable, Iterator
from typing import Any

import openstack
from keystoneauth1.exceptions import ClientException
from openstack.exceptions import SDKException

from networking_linuxbridge.explain.cloud import (
    FLOATING,
    Agent,
    Cloud,
    FloatingAddress,
    Network,
    Port,
    Router,
    Rule,
    Server,
    Subnet,
)
from networking_linuxbridge.explain.question import RefusedError

_SHORTEST_BEGINNING = 4


def cloud_of(word: str, to: str | None) -> Cloud:
    """Return the cloud around the port that WORD names; RefusedError if it cannot be had."""
    try:
        return _cloud_of(openstack.connect(), word, to)
    except (SDKException, ClientException) as error:
        why = " ".join(str(error).split())
        raise RefusedError(
            f"OS_CLOUD={os.environ.get('OS_CLOUD', '')}: {why}; let OS_CLOUD or OS_* name an administrator"
        ) from error


def named(word: str, ports: Iterable[Port]) -> Port | None:
    """Return the port with this id, beginning of an id, tap or address; RefusedError if there are several."""
    found = [port for port in ports if _is_named(word, port)]
    return _the_one(word, found) if found else None


def _cloud_of(connection: Any, word: str, to: str | None) -> Cloud:
    network = connection.network
    ports = [_port(port) for port in network.ports()]
    port = named(word, ports) or _of_server(word, ports, connection)
    return Cloud(
        port=port,
        ports=tuple(ports),
        networks={one.id: _network(one) for one in network.networks()},
        subnets=tuple(Subnet(one.network_id, one.cidr, one.is_dhcp_enabled) for one in network.subnets()),
        agents=tuple(map(_agent, network.agents())),
        routers=tuple(map(_router, network.routers())),
        floating=tuple(
            FloatingAddress(one.floating_ip_address, one.fixed_ip_address, one.port_id, one.router_id)
            for one in network.ips()
            if one.port_id
        ),
        rules=tuple(_rules(network)),
        server=_server(connection, port),
        to=to,
    )


def _is_named(word: str, port: Port) -> bool:
    begins = len(word) >= _SHORTEST_BEGINNING and port.id.startswith(word)
    own_address = word in port.addresses and port.owner != FLOATING
    return begins or own_address or word in {port.tap, port.mac}


def _of_server(word: str, ports: Iterable[Port], connection: Any) -> Port:
    every = connection.compute.servers(all_projects=True)
    servers = {server.id for server in every if word in {server.id, server.name}}
    found = [port for port in ports if port.device in servers]
    if not found:
        raise RefusedError(
            f"{word}: no port has this id, beginning of an id, tap or address, and no server with ports has "
            "this name; see: openstack port list"
        )
    return _the_one(word, found)


def _the_one(word: str, found: list[Port]) -> Port:
    if len(found) > 1:
        which = ", ".join(f"{port.id} ({' '.join(port.addresses)})" for port in found)
        raise RefusedError(f"{word}: names {len(found)} ports, choose one: {which}")
    return found[0]


def _port(port: Any) -> Port:
    return Port(
        id=port.id,
        network=port.network_id,
        mac=port.mac_address,
        addresses=tuple(one["ip_address"] for one in port.fixed_ips or ()),
        owner=port.device_owner or "",
        device=port.device_id or "",
        host=port.binding_host_id or "",
        vif_type=port.binding_vif_type or "",
        status=port.status,
        admin_up=port.is_admin_state_up,
        filtered=port.is_port_security_enabled is not False,
        groups=tuple(port.security_group_ids or ()),
        reason=(port.binding_vif_details or {}).get("reason", ""),
    )


def _network(network: Any) -> Network:
    return Network(
        id=network.id,
        name=network.name,
        kind=network.provider_network_type or "",
        vni=network.provider_segmentation_id,
        mtu=network.mtu,
        physical=network.provider_physical_network,
        admin_up=network.is_admin_state_up,
    )


def _agent(agent: Any) -> Agent:
    told = agent.configuration or {}
    return Agent(
        kind=agent.agent_type,
        host=agent.host,
        alive=agent.is_alive,
        heard=agent.last_heartbeat_at,
        vxlan_address=told.get("tunneling_ip"),
        mappings=told.get("bridge_mappings") or {},
        filters=told.get("filters", True),
    )


def _router(router: Any) -> Router:
    gateway = router.external_gateway_info or {}
    return Router(router.id, router.name, router.is_admin_state_up, gateway.get("network_id"))


def _rules(network: Any) -> Iterator[Rule]:
    """Yield the rules; one that refers to a group of addresses as a rule for each of them."""
    rules = list(network.security_group_rules())
    refer = any(rule.remote_address_group_id for rule in rules)
    addresses = {group.id: group.addresses for group in network.address_groups()} if refer else {}
    for rule in rules:
        if rule.remote_address_group_id:
            yield from (_rule(rule, one) for one in addresses.get(rule.remote_address_group_id, ()))
        else:
            yield _rule(rule, rule.remote_ip_prefix or rule.remote_group_id)


def _rule(rule: Any, remote: str | None) -> Rule:
    return Rule(
        group=rule.security_group_id,
        direction=rule.direction,
        version=6 if rule.ether_type == "IPv6" else 4,
        protocol=rule.protocol,
        ports=(rule.port_range_min, rule.port_range_max),
        remote=remote,
    )


def _server(connection: Any, port: Port) -> Server | None:
    if not port.is_servers:
        return None
    try:
        server = connection.compute.get_server(port.device)
    except SDKException as error:
        return Server(port.device, port.device, f"nova does not tell: {error}")
    return Server(server.id, server.name, server.status)

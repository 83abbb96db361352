"""The whole way of a port: which hosts have to be asked for what, and what their answers mean."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from networking_linuxbridge.explain import reported
from networking_linuxbridge.explain.cloud import Cloud, Port, version_of
from networking_linuxbridge.explain.ends import end_hops
from networking_linuxbridge.explain.groups import incoming_hops, outgoing_hops
from networking_linuxbridge.explain.hop import Hop, Spot
from networking_linuxbridge.explain.host import Facts
from networking_linuxbridge.explain.namespaces import dhcp_hops, namespace_of, outside_hops, router_hops
from networking_linuxbridge.explain.question import Question
from networking_linuxbridge.explain.vxlan import vxlan_hops

# What each host said, or in words why it said nothing.
Answers = Mapping[str, Facts | str]


@dataclass(frozen=True)
class Leg:
    """A part of the way within one network: from a server's port to that of whom it needs there."""

    near: Port
    far: Port


def way(cloud: Cloud, answers: Answers) -> list[Hop]:
    """Return every step of the way that CLOUD and the hosts' ANSWERS tell of, in the order of a packet."""
    return list(dict.fromkeys(_steps(cloud, answers)))


def questions(cloud: Cloud) -> dict[str, Question]:
    """Return what each host on the way has to be asked."""
    asked: dict[str, Question] = {}
    for near, far in ((leg.near, leg.far) for leg in legs(cloud)):
        for port, other in ((near, far), (far, near)):
            network = cloud.networks[port.network]
            question = asked.setdefault(port.host, Question())
            question.taps.append(port.tap)
            address = cloud.vxlan_address(other.host)
            if network.is_vxlan and network.vni and port.host != other.host and address:
                question.vnis.append(network.vni)
                question.peers[address] = max(network.mtu, question.peers.get(address, 0))
        if far.is_routers or far.is_dhcp_servers:
            _ask_namespace(cloud, asked[far.host], near, far)
    if cloud.port.host:
        asked.setdefault(cloud.port.host, Question()).taps.append(cloud.port.tap)
    return asked


def legs(cloud: Cloud) -> list[Leg]:
    """Return the parts of the way: to where it shall lead, or to all that serve the port's network."""
    port, target = cloud.port, cloud.target
    if not port.host:
        return []
    neighbours = [one for one in cloud.ports_of(port.network) if one.id != port.id]
    to_routers = [Leg(port, one) for one in neighbours if one.is_routers]
    if cloud.to is None:
        return [Leg(port, one) for one in neighbours if one.is_dhcp_servers] + to_routers
    return to_routers if target is None else _legs_to(target, cloud, to_routers)


def _legs_to(target: Port, cloud: Cloud, to_routers: list[Leg]) -> list[Leg]:
    if not target.host:
        return []
    beyond = [Leg(target, one) for one in cloud.ports_of(target.network) if one.is_routers]
    if cloud.to not in target.addresses:
        return to_routers + beyond  # a floating IP leads outside and in again
    if target.network == cloud.port.network:
        return [Leg(cloud.port, target)]
    return [
        leg
        for here in to_routers
        for there in beyond
        if here.far.device == there.far.device
        for leg in (here, there)
    ]


def _steps(cloud: Cloud, answers: Answers) -> Iterator[Hop]:
    port, target = cloud.port, cloud.target
    yield from reported.port_hops(cloud, port)
    if cloud.to is None:
        yield from reported.dhcp_hops(cloud, port)
    if target:
        yield from reported.port_hops(cloud, target)
    else:
        yield from reported.router_hops(cloud, port)
    for host, answer in answers.items():
        if isinstance(answer, str):
            mend = f"look whether it runs; what it would say: dietstack-net facts --tap {port.tap}"
            yield Spot(host, "Linux bridge agent").bad("answer", answer, mend)
    if isinstance(facts := answers.get(port.host), dict):
        yield from end_hops(cloud, port, facts)
    yield from outgoing_hops(cloud, port, cloud.to)
    if cloud.to is None:
        yield from incoming_hops(cloud, port, None)
    elif target:
        yield from incoming_hops(cloud, target, port if cloud.to in target.addresses else None)
    parts = legs(cloud)
    if cloud.to and not parts and port.host and (target is None or target.host):
        mend = f"openstack router add subnet ROUTER SUBNET-OF-{cloud.network.name}"
        yield Spot("", f"network {cloud.network.name}").bad("router", f"none leads to {cloud.to}", mend)
    for leg in parts:
        yield from _leg_hops(cloud, leg, answers)


def _leg_hops(cloud: Cloud, leg: Leg, answers: Answers) -> Iterator[Hop]:
    near, far = answers.get(leg.near.host), answers.get(leg.far.host)
    apart = cloud.networks[leg.near.network].is_vxlan and leg.near.host != leg.far.host
    if isinstance(near, dict) and apart:
        yield from vxlan_hops(cloud, leg.near, leg.far, near)
    if not isinstance(far, dict):
        return
    yield from end_hops(cloud, leg.far, far)
    if apart:
        yield from vxlan_hops(cloud, leg.far, leg.near, far)
    if leg.far.is_dhcp_servers:
        yield from dhcp_hops(cloud, leg.far, leg.near, far)
    if leg.far.is_routers:
        yield from router_hops(cloud, leg.far, leg.near, far)
        if cloud.to and cloud.target is None:
            yield from outside_hops(cloud, leg.far, cloud.to, far)


def _ask_namespace(cloud: Cloud, question: Question, near: Port, far: Port) -> None:
    """Ask for the namespace behind FAR: how the server behind NEAR answers there, and who is outside."""
    versions = {version_of(address) for address in far.addresses}
    pinged = question.namespaces.setdefault(namespace_of(far), [])
    if near.is_servers:
        pinged += [address for address in near.addresses if version_of(address) in versions]
    if far.is_dhcp_servers:
        question.networks.append(far.network)
        return
    if cloud.to and cloud.target is None and version_of(cloud.to) in versions:
        pinged.append(cloud.to)
    question.taps += [
        one.tap for one in cloud.ports if one.device == far.device and one.owner == "network:router_gateway"
    ]

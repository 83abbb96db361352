"""What checks of exercises look with."""

from collections.abc import Iterable
from typing import TypeVar

from openstack.compute.v2.server import Server
from openstack.image.v2.image import Image
from openstack.network.v2.network import Network
from openstack.network.v2.port import Port
from openstack.network.v2.security_group import SecurityGroup
from openstack.network.v2.security_group_rule import SecurityGroupRule

from lab.project import IMAGE, Project

T = TypeVar("T")
PINGS = {(None, None), (8, None), (8, 0)}  # ICMP as a whole, or what asks for an echo
ICMP_OF_IPV6 = {"ipv6-icmp", "icmpv6", "icmp"}


def one(things: Iterable[T], say: str) -> T:
    """The only one of THINGS; the learner is told SAY when there is none, or that there are too many."""
    found = list(things)
    assert found, say  # noqa: S101  what is asserted is for the learner
    assert len(found) == 1, f"There are {len(found)} of that name; one is asked for."  # noqa: S101
    return found[0]


def port_of(project: Project, server: Server, network: Network | None = None) -> Port:
    """The only port of SERVER, or its only one in NETWORK; the learner is told when it has none or more."""
    where = {"network_id": network.id} if network else {}
    ports = list(project.api.network.ports(device_id=server.id, **where))
    say = f"The server {server.name} has {len(ports)} interfaces instead of the one that it began with."
    assert len(ports) == 1, say  # noqa: S101
    return ports[0]


def guest_image(project: Project) -> Image:
    """The image that every cloud has, also when the learner has called one of their own so."""
    (image,) = project.api.image.images(name=IMAGE, visibility="public")
    return image


def rules_in(project: Project, group: SecurityGroup) -> list[SecurityGroupRule]:
    """The rules of GROUP that let something in."""
    return list(project.api.network.security_group_rules(security_group_id=group.id, direction="ingress"))


def is_ping(rule: SecurityGroupRule) -> bool:
    """Whether RULE lets in ping, and nothing else but ICMP."""
    if rule.ether_type == "IPv6":
        return rule.protocol in ICMP_OF_IPV6
    return rule.protocol == "icmp" and ports_of(rule) in PINGS


def is_ssh(rule: SecurityGroupRule) -> bool:
    """Whether RULE lets in ssh and nothing else."""
    return rule.protocol == "tcp" and ports_of(rule) == (22, 22)


def is_for_everybody(rule: SecurityGroupRule) -> bool:
    """Whether RULE lets in whoever has an IPv4 address."""
    some = rule.remote_group_id or rule.remote_address_group_id
    return rule.ether_type == "IPv4" and rule.remote_ip_prefix in {None, "0.0.0.0/0"} and not some


def ports_of(rule: SecurityGroupRule) -> tuple[int | None, int | None]:
    """The ports that RULE speaks of, from and to; of ICMP type and code."""
    return rule.port_range_min, rule.port_range_max

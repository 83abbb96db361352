"""Compute nodes as the cloud's administrator sees them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from openstack.compute.v2.server import Server
from openstack.compute.v2.service import Service
from openstack.exceptions import BadRequestException
from openstack.network.v2.agent import Agent

from lab.api import NO_ANSWER
from lab.cloud import Cloud
from lab.deadline import Deadline, NotYet
from lab.errors import Layer


def node_of(server: Server, cloud: Cloud) -> str:
    """The compute node that SERVER is on now."""
    return str(cloud.api.compute.get_server(server.id).compute_host)


def other_than(node: str, nodes: list[str]) -> str:
    """The first of NODES that is not NODE."""
    return next(name for name in nodes if name != node)


def service_on(node: str, cloud: Cloud) -> Service:
    """The nova-compute on NODE."""
    service: Service = next(cloud.api.compute.services(binary="nova-compute", host=node))
    return service


def agent_on(node: str, cloud: Cloud) -> Agent:
    """Neutron's agent on NODE."""
    agent: Agent = next(cloud.api.network.agents(binary="neutron-linuxbridge-agent", host=node))
    return agent


def reports_of(node: str, cloud: Cloud) -> dict[str, str | None]:
    """When each part of NODE last told that it is there; None for one that is down."""
    service, agent = service_on(node, cloud), agent_on(node, cloud)
    return {
        "nova-compute": service.updated_at if service.state == "up" else None,
        "neutron-linuxbridge-agent": agent.last_heartbeat_at if agent.is_alive else None,
    }


def wait_until_they_report(nodes: Sequence[str], cloud: Cloud, within: float = 300) -> None:
    """Wait until all parts of NODES are up by what they tell from now on.

    What they told before counts for a minute more, whatever became of them.
    """
    before = {node: reports_of(node, cloud) for node in nodes}

    def attempt() -> None:
        for node in nodes:
            for part, told in answer_of(node).items():
                if told is None or told == before[node][part]:
                    raise NotYet(f"{part} on {node} is silent")

    def answer_of(node: str) -> dict[str, str | None]:
        try:
            return reports_of(node, cloud)
        except NO_ANSWER as error:
            raise NotYet(str(error)) from None

    Deadline(within).until(Layer.SERVICE, f"reports of {', '.join(nodes)}", attempt, every=2)


@contextmanager
def fenced(node: str, cloud: Cloud) -> Iterator[None]:
    """While the block runs, Nova takes NODE for down, whatever it told a moment ago."""
    service = service_on(node, cloud)
    cloud.api.compute.update_service_forced_down(service, forced=True)
    try:
        assert service_on(node, cloud).state == "down"
        yield
    finally:
        believe_again(service, cloud)


def believe_again(service: Service, cloud: Cloud, within: float = 300) -> None:
    """Let Nova believe what SERVICE tells: not before it has cleaned up what was evacuated from its node."""

    def attempt() -> None:
        try:
            cloud.api.compute.update_service_forced_down(service, forced=False)
        except BadRequestException as error:
            raise NotYet(str(error)) from None

    Deadline(within).until(Layer.SERVICE, f"{service.binary} on {service.host} back", attempt, every=2)

"""Compute nodes as the cloud's administrator sees them."""

from openstack.compute.v2.server import Server
from openstack.compute.v2.service import Service

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


def wait_until_node_is(state: str, node: str, cloud: Cloud, within: float = 180) -> None:
    """Wait until Nova calls NODE `up` or `down`, and Neutron's agent there is alive if it is up."""

    def attempt() -> None:
        service = service_on(node, cloud)
        if service.state != state:
            raise NotYet(f"nova-compute is {service.state}")
        agents = cloud.api.network.agents(host=node, binary="neutron-linuxbridge-agent")
        if state == "up" and not all(agent.is_alive for agent in agents):
            raise NotYet("neutron-linuxbridge-agent is silent")

    Deadline(within).until(Layer.SERVICE, f"compute node {node} {state}", attempt, every=2)

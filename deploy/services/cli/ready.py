"""Waits until all of this node reports that it works and a server can be placed.

Fails at the deadline, naming what is still missing. What other nodes lack is only told: they may be off.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

import openstack

RESOURCES_OF_A_SMALL_SERVER = "VCPU:1,MEMORY_MB:192,DISK_GB:1"
ON_EVERY_NODE = {"neutron-linuxbridge-agent"}
ON_THE_CONTROL_NODE = {
    "nova-scheduler",
    "nova-conductor",
    "neutron-l3-agent",
    "neutron-dhcp-agent",
    "neutron-metadata-agent",
    "cinder-scheduler",
    "cinder-volume",
    "cinder-backup",
}


def reports(cloud: Any) -> Iterator[tuple[str, str, str]]:
    """What is known to report: its node, its name, and what is wrong with it, "" if nothing is."""
    for service in cloud.compute.services():
        silent = service.state != "up" and service.status == "enabled"
        yield service.host, service.binary, f"is {service.state}" if silent else ""
    for agent in cloud.network.agents():
        yield agent.host, agent.binary, "" if agent.is_alive else "does not report"
    for service in cloud.block_storage.services():
        node, _, _ = service.host.partition("@")
        yield node, service.binary, "" if service.state == "up" else f"is {service.state}"


def silent(reported: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """What REPORTED once and does not now: its node, and a phrase for a person."""
    for node, name, fault in reported:
        if fault:
            yield node, f"{name} on {node} {fault}"


def missing(cloud: Any, node: str, *, controls: bool, computes: bool) -> list[str]:
    """What is not ready yet on NODE, which may CONTROL and COMPUTE, each as a phrase; empty when all is."""
    reported = list(reports(cloud))
    found = [phrase for host, phrase in silent(reported) if host == node]
    expected = ON_EVERY_NODE | (ON_THE_CONTROL_NODE if controls else set())
    unheard = expected - {name for host, name, _ in reported if host == node}
    found += [f"{name} on {node} has never reported" for name in sorted(unheard)]
    if computes:
        # By Nova's name of the node: libvirt may have found another one for it.
        hypervisors = cloud.compute.hypervisors(details=True)
        if node not in {hypervisor.service_details["host"] for hypervisor in hypervisors}:
            found.append(f"nova's scheduler does not know the compute node {node}")
        elif not can_place_a_server(cloud):
            found.append("placement finds no room for a small server")
    return found


def can_place_a_server(cloud: Any) -> bool:
    answer = cloud.placement.get(
        "/allocation_candidates",
        params={"resources": RESOURCES_OF_A_SMALL_SERVER},
        microversion="1.29",
    )
    answer.raise_for_status()
    return bool(answer.json()["allocation_requests"])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--node", required=True, help="the name of this node")
    parser.add_argument("--controls", action="store_true", help="it is the control node")
    parser.add_argument("--computes", action="store_true", help="servers run on it")
    arguments = parser.parse_args()
    cloud = openstack.connect(cloud="dietstack-admin")
    deadline = time.monotonic() + arguments.seconds
    role = {"controls": arguments.controls, "computes": arguments.computes}
    while found := missing(cloud, arguments.node, **role):
        if time.monotonic() > deadline:
            print(f"after {arguments.seconds:.0f} s: " + "; ".join(found))
            return 1
        time.sleep(0.5)
    if elsewhere := [phrase for host, phrase in silent(reports(cloud)) if host != arguments.node]:
        print("note: " + "; ".join(elsewhere))
    return 0


if __name__ == "__main__":
    sys.exit(main())

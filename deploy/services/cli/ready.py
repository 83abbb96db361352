"""Waits until all of this node reports that it works and a server can be placed.

Fails at the deadline, naming what is still missing. What other nodes lack is only told: they may be off.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from typing import Any

import openstack

RESOURCES_OF_A_SMALL_SERVER = "VCPU:1,MEMORY_MB:192,DISK_GB:1"


def silent(cloud: Any) -> Iterator[tuple[str, str]]:
    """What does not report: its node, and a phrase for a person."""
    for service in cloud.compute.services():
        if service.state != "up" and service.status == "enabled":
            yield service.host, f"{service.binary} on {service.host} is {service.state}"
    for agent in cloud.network.agents():
        if not agent.is_alive:
            yield agent.host, f"{agent.binary} on {agent.host} does not report"
    for service in cloud.block_storage.services():
        if service.state != "up":
            yield service.host.partition("@")[0], f"{service.binary} on {service.host} is {service.state}"


def missing(cloud: Any, node: str, *, computes: bool) -> list[str]:
    """What is not ready yet on NODE, which COMPUTES or not, each as a phrase; empty when all is."""
    found = [phrase for host, phrase in silent(cloud) if host == node]
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
    parser.add_argument("--computes", action="store_true", help="servers run on it")
    arguments = parser.parse_args()
    cloud = openstack.connect(cloud="dietstack-admin")
    deadline = time.monotonic() + arguments.seconds
    while found := missing(cloud, arguments.node, computes=arguments.computes):
        if time.monotonic() > deadline:
            print(f"after {arguments.seconds:.0f} s: " + "; ".join(found))
            return 1
        time.sleep(0.5)
    if elsewhere := [phrase for host, phrase in silent(cloud) if host != arguments.node]:
        print("note: " + "; ".join(elsewhere))
    return 0


if __name__ == "__main__":
    sys.exit(main())

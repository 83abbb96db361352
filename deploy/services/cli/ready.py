"""Waits until all that the cloud is made of reports that it works and a server can be placed.

Fails at the deadline, naming what is still missing.
"""

import argparse
import sys
import time
from typing import Any

import openstack

RESOURCES_OF_A_SMALL_SERVER = "VCPU:1,MEMORY_MB:192,DISK_GB:1"


def missing(cloud: Any, compute: str) -> list[str]:
    """What is not ready yet, each as a phrase for a person; empty when all is."""
    found = [
        f"nova-{service.binary.removeprefix('nova-')} on {service.host} is {service.state}"
        for service in cloud.compute.services()
        if service.state != "up" and service.status == "enabled"
    ]
    found += [
        f"neutron's {agent.binary} on {agent.host} does not report"
        for agent in cloud.network.agents()
        if not agent.is_alive
    ]
    found += [
        f"{service.binary} on {service.host} is {service.state}"
        for service in cloud.block_storage.services()
        if service.state != "up"
    ]
    if compute:
        hypervisors = {hypervisor.name for hypervisor in cloud.compute.hypervisors()}
        if not any(name.partition(".")[0] == compute.partition(".")[0] for name in hypervisors):
            found.append(f"nova's scheduler does not know the compute node {compute}")
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
    parser.add_argument("--compute", default="", help="this node, if it computes")
    arguments = parser.parse_args()
    cloud = openstack.connect(cloud="dietstack-admin")
    deadline = time.monotonic() + arguments.seconds
    while found := missing(cloud, arguments.compute):
        if time.monotonic() > deadline:
            print(f"after {arguments.seconds:.0f} s: " + "; ".join(found))
            return 1
        time.sleep(0.5)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Waits until all of this node reports that it works and a server can be placed.

Fails at the deadline, naming what is still missing. What other nodes lack is only told, for they may be off;
so is that the servers have taken all the room.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from http.client import NOT_FOUND
from typing import Any

import openstack
from keystoneauth1.exceptions import ClientException
from openstack.exceptions import SDKException
from requests import RequestException

A_SMALL_SERVER = {"VCPU": 1, "MEMORY_MB": 192, "DISK_GB": 1}
PLACEMENT_VERSION = "1.29"
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


def reports(cloud: Any, *, controls: bool) -> Iterator[tuple[str, str, str]]:
    """What is known to report: its node, its name, and what is wrong with it, "" if nothing is.

    A node that does not CONTROL has no part in Cinder.
    """
    for service in cloud.compute.services():
        silent = service.state != "up" and service.status == "enabled"
        yield service.host, service.binary, f"is {service.state}" if silent else ""
    for agent in cloud.network.agents():
        yield agent.host, agent.binary, "" if agent.is_alive else "does not report"
    for service in cloud.block_storage.services() if controls else ():
        node, _, _ = service.host.partition("@")
        yield node, service.binary, "" if service.state == "up" else f"is {service.state}"


def silent(reported: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str]]:
    """What REPORTED once and does not now: its node, and a phrase for a person."""
    for node, name, fault in reported:
        if fault:
            yield node, f"{name} on {node} {fault}"


def missing(cloud: Any, node: str, *, controls: bool, computes: bool) -> list[str]:
    """What is not ready yet on NODE, which may CONTROL and COMPUTE, each as a phrase; empty when all is."""
    reported = list(reports(cloud, controls=controls))
    found = [phrase for host, phrase in silent(reported) if host == node]
    expected = ON_EVERY_NODE | (ON_THE_CONTROL_NODE if controls else set())
    unheard = expected - {name for host, name, _ in reported if host == node}
    found += [f"{name} on {node} has never reported" for name in sorted(unheard)]
    if controls and not list(cloud.block_storage.backend_pools()):
        found.append("cinder's scheduler does not know the storage of volumes")
    if computes:
        # By Nova's name of the node: libvirt may have found another one for it.
        hypervisors = {h.service_details["host"]: h.id for h in cloud.compute.hypervisors(details=True)}
        if node not in hypervisors:
            found.append(f"nova's scheduler does not know the compute node {node}")
        elif short := shortage(cloud, hypervisors[node]):
            found.append(f"placement has no room for a small server on {node}: {short}")
    return found


def missing_or_unheard(cloud: Any, node: str, *, controls: bool, computes: bool) -> list[str]:
    """The same, where the cloud may also not answer yet or give an error."""
    try:
        return missing(cloud, node, controls=controls, computes=computes)
    except (ClientException, SDKException, RequestException) as error:
        return [f"the cloud gives no answer: {error}"]


def shortage(cloud: Any, provider: str) -> str:
    """What a small server lacks on an empty PROVIDER, called as its hypervisor is; "" if nothing."""
    answer = cloud.placement.get(
        f"/resource_providers/{provider}/inventories", microversion=PLACEMENT_VERSION
    )
    if answer.status_code == NOT_FOUND:
        return "it has not been told of this node"
    answer.raise_for_status()
    capacity = {name: capacity_of(inventory) for name, inventory in answer.json()["inventories"].items()}
    return ", ".join(
        f"{capacity.get(name, 0)} {name} of {asked}"
        for name, asked in A_SMALL_SERVER.items()
        if capacity.get(name, 0) < asked
    )


def capacity_of(inventory: dict[str, Any]) -> int:
    capacity = int((inventory["total"] - inventory["reserved"]) * inventory["allocation_ratio"])
    return min(capacity, int(inventory["max_unit"]))


def has_room(cloud: Any) -> bool:
    """Whether another small server can be placed, whatever there are already."""
    resources = ",".join(f"{name}:{asked}" for name, asked in A_SMALL_SERVER.items())
    answer = cloud.placement.get(
        "/allocation_candidates", params={"resources": resources}, microversion=PLACEMENT_VERSION
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
    while found := missing_or_unheard(cloud, arguments.node, **role):
        if time.monotonic() > deadline:
            print(f"after {arguments.seconds:.0f} s: " + "; ".join(found))
            return 1
        time.sleep(0.5)
    reported = reports(cloud, controls=arguments.controls)
    notes = [phrase for host, phrase in silent(reported) if host != arguments.node]
    if arguments.computes and not has_room(cloud):
        notes.append("the servers that there are leave no room for another small one")
    if notes:
        print("note: " + "; ".join(notes))
    return 0


if __name__ == "__main__":
    sys.exit(main())

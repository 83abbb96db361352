"""The host's networks, and pairs of networks for labs that collide with none of them."""

import json
import socket
import subprocess
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network

from lab.errors import Refused
from lab.hostwide import keep

PAIRS = 64
DEMO_NETWORK = IPv4Network("192.168.35.0/24")  # of the demo project in every cloud (docs/settings.md)
VAGRANTS_NETWORK = IPv4Network("192.168.121.0/24")  # for virtual machines
ELSEWHERE = "192.0.2.1"  # is no one's
NEVER_FREE = (DEMO_NETWORK, VAGRANTS_NETWORK)
PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


def networks_of_host() -> list[IPv4Network]:
    """The networks that the host has a route to, the default route apart, also in the halves of a VPN."""
    routes = subprocess.run(["ip", "-json", "-4", "route"], capture_output=True, text=True, check=True).stdout
    destinations = (route["dst"] for route in json.loads(routes or "[]"))
    networks = [IPv4Network(destination) for destination in destinations if destination != "default"]
    return [network for network in networks if network.prefixlen > 1]


def own_address() -> str:
    """The address of this host in the network of its default route; 127.0.0.1 without such a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((ELSEWHERE, 9))  # sends nothing
        except OSError:
            return "127.0.0.1"
        address: str = asked.getsockname()[0]
        return address


def free_pair(
    ds: IPv4Network, external: IPv4Network, taken: Iterable[IPv4Network]
) -> tuple[IPv4Network, IPv4Network]:
    """DS and EXTERNAL, or the next pair, one network further each, of which none overlaps with one TAKEN.

    While this process lives no other one gets it: until the machines boot, the host has no route to it.
    """
    taken = [*taken, *NEVER_FREE]
    wanted = list(pairs(ds, external))
    for pair in wanted:
        free = not any(network.overlaps(other) for network in pair for other in taken)
        if free and all(keep(f"network {network}") for network in pair):
            return pair
    collisions = sorted({str(other) for other in taken if other.overlaps(ds) or other.overlaps(external)})
    taken_are = f"these and the {len(wanted) - 1} pairs after them are taken ({', '.join(collisions)})"
    mend = "set ds and external in the scenario to networks that the host does not know"
    raise Refused("networks", f"{ds} {external}", f"{taken_are}; {mend}")


def pairs(ds: IPv4Network, external: IPv4Network) -> Iterator[tuple[IPv4Network, IPv4Network]]:
    """DS and EXTERNAL, then the networks that follow them, as long as both are private."""
    for number in range(PAIRS):
        pair = following(ds, number), following(external, number)
        if not all(map(is_private, pair)):
            return
        yield pair


def following(network: IPv4Network, number: int) -> IPv4Network:
    """The network so many after NETWORK, of its size."""
    return IPv4Network((int(network[0]) + number * network.num_addresses, network.prefixlen))


def is_private(network: IPv4Network) -> bool:
    """Whether NETWORK is one that everybody may use, and no machine in the internet has."""
    return any(network.subnet_of(block) for block in PRIVATE)

"""What the database says, and what the nodes have: they have to be the same."""

import json
import re
from typing import NamedTuple

from hosts import eventually
from networking_linuxbridge.fdb import EVERYBODY

from server.control import Control
from server.spaces import Node

# Rules that name a device, and the chains of a port.
_OF_A_PORT = re.compile("tap[0-9a-f]|brq|-[ios][0-9a-f]{8}-")
_ACTIVE_PORTS = """
    SELECT segments.segmentation_id, ports.network_id, bindings.host, ports.mac_address, ips.ip_address
    FROM ports
    JOIN ml2_port_bindings AS bindings ON bindings.port_id = ports.id AND bindings.status = 'ACTIVE'
    JOIN networksegments AS segments ON segments.network_id = ports.network_id
    LEFT JOIN ipallocations AS ips ON ips.port_id = ports.id
    WHERE ports.status = 'ACTIVE' AND segments.network_type = 'vxlan'
"""


class Tables(NamedTuple):
    """What a node knows of other nodes' ports.

    The forwarding entries of its VXLAN devices; where its bridges look for MAC addresses; and which address
    its bridges answer for.
    """

    forwarding: set[tuple[str, str, str]]  # device, MAC address, node's address
    behind: set[tuple[str, str]]  # device, MAC address
    neighbours: set[tuple[str, str, str]]  # bridge, IP address, MAC address


def expected(control: Control, node: Node, nodes: list[Node]) -> Tables:
    """Return what the database says that a node has to know."""
    addresses = {other.name: other.address for other in nodes}
    rows = [row for row in control.query(_ACTIVE_PORTS) if row[2] in addresses]
    here = {vni for vni, _, host, _, _ in rows if host == node.name}
    tables = Tables(set(), set(), set())
    for vni, network, host, mac, ip in rows:
        if host == node.name or vni not in here:
            continue
        device = f"vxlan-{vni}"
        tables.forwarding.update({(device, EVERYBODY, addresses[host]), (device, mac, addresses[host])})
        tables.behind.add((device, mac))
        if ip and ":" not in ip:
            tables.neighbours.add((f"brq{network[:11]}", ip, mac))
    return tables


def present(node: Node) -> Tables:
    """Return what a node knows."""
    tables = Tables(set(), set(), set())
    for entry in json.loads(node.run("bridge", "-json", "fdb", "show").stdout):
        if not entry["ifname"].startswith("vxlan-"):
            continue
        if "dst" in entry:
            tables.forwarding.add((entry["ifname"], entry["mac"], entry["dst"]))
        elif "extern_learn" in entry["flags"]:
            tables.behind.add((entry["ifname"], entry["mac"]))
    for entry in json.loads(node.ip("-json", "neigh", "show", "nud", "permanent")):
        if entry["dev"].startswith("brq"):
            tables.neighbours.add((entry["dev"], entry["dst"], entry["lladdr"]))
    return tables


def await_truth(control: Control, nodes: list[Node], seconds: float = 60) -> None:
    """Wait until every node knows exactly what the database says."""

    def differences() -> list[str]:
        found = []
        for node in nodes:
            for kind, have, want in zip(
                Tables._fields, present(node), expected(control, node, nodes), strict=True
            ):
                found += [f"{node.name} lacks {kind} {entry}" for entry in sorted(want - have)]
                found += [f"{node.name} has {kind} {entry} too many" for entry in sorted(have - want)]
        return found

    try:
        eventually(lambda: not differences(), "nodes know what the database says", seconds)
    except AssertionError as error:
        raise AssertionError("\n".join([str(error), *differences()])) from error


def leaks(node: Node) -> list[str]:
    """Return what a node has although no port is on it: devices, rules, address sets."""
    devices = [link["ifname"] for link in json.loads(node.ip("-json", "link", "show"))]
    found = [name for name in devices if name.startswith(("brq", "vxlan-", "tap", "ifb"))]
    for rules in ("iptables-save", "ip6tables-save", "nft list ruleset bridge"):
        found += [line for line in node.run(*rules.split()).stdout.splitlines() if _OF_A_PORT.search(line)]
    found += [name for name in node.run("ipset", "list", "-name").stdout.split() if name.startswith("N")]
    return found


def assert_nothing_leaked(nodes: list[Node], seconds: float = 60) -> None:
    """Wait until no node has anything left of ports that are gone."""
    try:
        eventually(lambda: not any(map(leaks, nodes)), "nothing is left", seconds)
    except AssertionError as error:
        raise AssertionError(f"left: { {node.name: leaks(node) for node in nodes} }") from error

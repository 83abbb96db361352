"""One end of the way: the device of a port on its host, the bridge it is in, and the rules before it."""

import re
from collections.abc import Iterator

from networking_linuxbridge import names
from networking_linuxbridge.explain.cloud import L2_AGENT, Cloud, Network, Port, version_of
from networking_linuxbridge.explain.hop import Hop, Spot
from networking_linuxbridge.explain.host import Facts

_AGENTS_LOG = "the log of the Linux bridge agent says why"
_COUNTED = re.compile(r"\[(?P<packets>\d+):\d+\] -A \S+-(?P<chain>[ios])\S{10} .*-j (?P<target>\S+)")


def end_hops(cloud: Cloud, port: Port, facts: Facts) -> Iterator[Hop]:
    """Look at the device of PORT, its bridge and its rules."""
    spot, link = Spot(port.host, port.tap), facts["links"].get(port.tap)
    if link is None:
        mend = (
            f"openstack server reboot --hard {port.device}"
            if port.is_servers
            else "restart the agent of the port"
        )
        yield spot.bad("device", "there is none", mend)
        return
    if not link["up"]:
        yield spot.bad("device", "it is down", f"ip link set {port.tap} up")
    elif not link["carrier"]:
        mend = "openstack server reboot --hard " + port.device if port.is_servers else "ip netns list"
        yield spot.bad("device", "nothing is connected to it", mend)
    else:
        yield spot.good("device", f"up, {link['received']} packets from the port, {link['sent']} to it")
    yield from _bridge_hops(cloud, port, facts)
    yield from _rule_hops(cloud, port, facts)
    yield from _protection_hops(port, facts)


def bridge_of(cloud: Cloud, port: Port) -> str:
    """Return the name of the bridge that the device of PORT belongs in."""
    network, agent = cloud.networks[port.network], cloud.agent(L2_AGENT, port.host)
    if network.kind == "flat" and agent and network.physical in agent.mappings:
        return agent.mappings[network.physical or ""]
    return names.bridge(network.id)


def mtu_hops(spot: Spot, link: Facts, network: Network) -> Iterator[Hop]:
    """Say whether a device takes packets as large as its network promises."""
    if link["mtu"] < network.mtu:
        shows = f"{link['mtu']}, the network's is {network.mtu}"
        yield spot.bad("MTU", shows, f"ip link set {spot.device} mtu {network.mtu}")


def _bridge_hops(cloud: Cloud, port: Port, facts: Facts) -> Iterator[Hop]:
    spot, link, wanted = Spot(port.host, port.tap), facts["links"][port.tap], bridge_of(cloud, port)
    if link["bridge"] != wanted:
        shows = f"it is in {link['bridge'] or 'none'}, not in {wanted}"
        if wanted in facts["links"]:
            yield spot.bad("bridge", shows, f"ip link set {port.tap} master {wanted}")
        else:
            yield spot.bad("bridge", f"{shows}, which is not there", _AGENTS_LOG)
        return
    on_bridge, bridge = Spot(port.host, wanted), facts["links"][wanted]
    yield from mtu_hops(spot, link, cloud.networks[port.network])
    if not bridge["up"]:
        yield on_bridge.bad("device", "it is down", f"ip link set {wanted} up")
    elif not link["forwards"]:
        yield spot.bad("bridge", f"{wanted} does not forward for it", f"bridge -d link show dev {port.tap}")
    else:
        yield on_bridge.good("device", f"up, {port.tap} is in it, MTU {bridge['mtu']}")
    yield from mtu_hops(on_bridge, bridge, cloud.networks[port.network])
    if cloud.filters(port) and bridge["filters"] != [1, 1]:
        mend = f"ip link set {wanted} type bridge nf_call_iptables 1 nf_call_ip6tables 1"
        yield on_bridge.odd(
            "filtering", "security groups do not apply: what it forwards passes by iptables", mend
        )


def _rule_hops(cloud: Cloud, port: Port, facts: Facts) -> Iterator[Hop]:
    spot = Spot(port.host, f"rules of {port.tap}")
    if not cloud.filters(port):
        if port.is_servers:
            why = "no firewall on this host" if port.filtered else "port security is off"
            yield spot.good("filter", f"{why}: everything passes")
        return
    counted = {
        version: list(filter(None, map(_COUNTED.match, facts["rules"].get(port.tap, {}).get(version, ()))))
        for version in sorted({str(version_of(address)) for address in port.addresses})
    }
    without = [version for version, rules in counted.items() if not _stand(rules)]
    if without:
        yield spot.bad("filter", f"its chains of IPv{without[0]} are not there", _AGENTS_LOG)
    else:
        yield spot.good("filter", _refusals([rule for rules in counted.values() for rule in rules]))


def _protection_hops(port: Port, facts: Facts) -> Iterator[Hop]:
    spot, found = Spot(port.host, f"protection of {port.tap}"), facts["protection"].get(port.tap)
    if found is None:
        return
    if not found["admitted"]:
        yield spot.bad("nftables", "it has no chain: nothing passes", _AGENTS_LOG)
    elif any(drop["packets"] for drop in found["drops"]):
        dropped = (f"{drop['packets']} by {drop['by']}" for drop in found["drops"] if drop["packets"])
        yield spot.good("nftables", f"dropped from the port {', '.join(dropped)}")
    else:
        yield spot.good("nftables", "dropped nothing from the port")


def _stand(rules: list[re.Match[str]]) -> bool:
    return {"i", "o"} <= {rule["chain"] for rule in rules}


def _refusals(rules: list[re.Match[str]]) -> str:
    refused = {"i": 0, "o": 0, "s": 0}
    for rule in rules:
        if rule["target"] == "DROP" or rule["target"].endswith("sg-fallback"):
            refused[rule["chain"]] += int(rule["packets"])
    spoofed = f", {refused['s']} with a foreign sender" if refused["s"] else ""
    return f"refused {refused['i']} packets to the port, {refused['o']} from it{spoofed}"

"""One end of the way: the device of a port on its host, the bridge it is in, and the rules before it."""

import re
from collections.abc import Iterator

from networking_linuxbridge import names
from networking_linuxbridge.explain.cloud import L2_AGENT, Cloud, Network, Port
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
    yield from _rule_hops(port, facts)


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
    if not link["forwards"]:
        yield spot.bad("bridge", f"{wanted} does not forward for it", f"bridge -d link show dev {port.tap}")
    yield from mtu_hops(spot, link, cloud.networks[port.network])
    bridge, spot = facts["links"][wanted], Spot(port.host, wanted)
    if not bridge["up"]:
        yield spot.bad("device", "it is down", f"ip link set {wanted} up")
    else:
        yield spot.good("device", f"up, {port.tap} is in it, MTU {bridge['mtu']}")
    yield from mtu_hops(spot, bridge, cloud.networks[port.network])
    if port.filtered and bridge["filters"] != [1, 1]:
        mend = f"ip link set {wanted} type bridge nf_call_iptables 1 nf_call_ip6tables 1"
        yield spot.odd("filtering", "security groups do not apply: what it forwards passes by iptables", mend)


def _rule_hops(port: Port, facts: Facts) -> Iterator[Hop]:
    spot = Spot(port.host, f"rules of {port.tap}")
    if not port.filtered:
        if port.is_servers:
            yield spot.good("iptables", "port security is off: everything passes")
        return
    counted = [found for line in facts["rules"].get(port.tap, ()) if (found := _COUNTED.match(line))]
    if {found["chain"] for found in counted} < {"i", "o"}:
        yield spot.bad("iptables", "the chains of the port are not there", _AGENTS_LOG)
    else:
        spoofed = _refused(counted, "s")
        shows = f"refused {_refused(counted, 'i')} packets to the port, {_refused(counted, 'o')} from it"
        yield spot.good("iptables", shows + (f", {spoofed} with a foreign sender" if spoofed else ""))
    if drops := facts["protection"].get(port.tap):
        refused = ", ".join(f"{drop['packets']} by {drop['why']}" for drop in drops)
        yield spot.good("nftables", f"dropped {refused}")


def _refused(counted: list[re.Match[str]], chain: str) -> int:
    return sum(
        int(found["packets"])
        for found in counted
        if found["chain"] == chain and (found["target"] == "DROP" or found["target"].endswith("sg-fallback"))
    )

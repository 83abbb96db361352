"""The namespaces of routers and DHCP servers: devices, addresses, translation, and a ping from there."""

from collections.abc import Iterator

from networking_linuxbridge.explain.cloud import Cloud, FloatingAddress, Port, Router, version_of
from networking_linuxbridge.explain.ends import end_hops
from networking_linuxbridge.explain.groups import lets_in
from networking_linuxbridge.explain.hop import Hop, Spot
from networking_linuxbridge.explain.host import Facts

_NO_ARP = {None, "FAILED", "INCOMPLETE", "NONE"}


def namespace_of(port: Port) -> str:
    """Return the name of the namespace that PORT, a router's or DHCP server's, is in."""
    return f"qdhcp-{port.network}" if port.is_dhcp_servers else f"qrouter-{port.device}"


def dhcp_hops(cloud: Cloud, server: Port, client: Port, facts: Facts) -> Iterator[Hop]:
    """Look at the DHCP server behind the port SERVER, and what it has for CLIENT."""
    spot, there = Spot(server.host, namespace_of(server)), facts["namespaces"].get(namespace_of(server))
    if there is None:
        mend = "restart the DHCP agent, and look into its log"
        yield spot.bad("namespace", "there is none: no DHCP", mend)
        return
    yield from _device_hops(spot, there, f"ns-{server.id[:11]}", server)
    process = facts["dhcp"].get(server.network)
    if process is None:
        yield spot.bad("dnsmasq", "it does not run", "look into the log of the DHCP agent")
    elif process["macs"] is None:
        yield spot.unknown("dnsmasq", f"process {process['pid']} runs; whom it serves cannot be read")
    elif client.has_ipv4 and client.mac not in process["macs"]:
        shows = f"it has no address for {client.mac} among {len(process['macs'])}"
        yield spot.bad("dnsmasq", shows, "look into the log of the DHCP agent")
    else:
        yield spot.good("dnsmasq", f"process {process['pid']} has an address for {client.mac}")
    yield from _ping_hops(cloud, spot, there, server, client)


def router_hops(cloud: Cloud, interface: Port, client: Port, facts: Facts) -> Iterator[Hop]:
    """Look at the router behind the port INTERFACE and its way out, on behalf of CLIENT."""
    router, spot = cloud.router_of(interface), Spot(interface.host, namespace_of(interface))
    there = facts["namespaces"].get(spot.device)
    if router is None:
        return
    if not router.admin_up:
        yield Spot("", f"router {router.name}").bad(
            "state", "administratively down", f"openstack router set --enable {router.id}"
        )
    if there is None:
        mend = "restart the L3 agent, and look into its log"
        yield spot.bad("namespace", "there is none: no routing", mend)
        return
    yield from _device_hops(spot, there, f"qr-{interface.id[:11]}", interface)
    yield from _ping_hops(cloud, spot, there, interface, client)
    if router.gateway is not None:
        yield from _gateway_hops(cloud, router, spot, there, facts)
        for floating in cloud.floating:
            if floating.port == client.id:
                yield _floating_hop(spot, there, floating)


def outside_hops(cloud: Cloud, interface: Port, address: str, facts: Facts) -> Iterator[Hop]:
    """Look how the router behind INTERFACE gets to ADDRESS, which is none of the cloud's."""
    router, spot = cloud.router_of(interface), Spot(interface.host, namespace_of(interface))
    if router is None or spot.device not in facts["namespaces"]:
        return
    if router.gateway is None:
        mend = f"openstack router set --external-gateway NETWORK {router.id}"
        yield Spot("", f"router {router.name}").bad("gateway", f"none: no way to {address}", mend)
        return
    answer = facts["namespaces"][spot.device]["pings"].get(address)
    if answer is None:
        mend = f"ip netns exec {spot.device} traceroute {address}"
        yield spot.bad(f"ping to {address}", "no answer to the router itself", mend)
    else:
        yield spot.good(f"ping to {address}", f"{answer:g} ms")


def _device_hops(spot: Spot, there: Facts, device: str, port: Port) -> Iterator[Hop]:
    found, mend = there["devices"].get(device), "restart the agent that made it, and look into its log"
    inside = Spot(spot.host, f"{device} in {spot.device}")
    if found is None:
        yield inside.bad("device", "there is none", mend)
        return
    if not found["up"]:
        yield inside.bad("device", "it is down", f"ip -n {spot.device} link set {device} up")
    has = {address.partition("/")[0] for address in found["addresses"]}
    if missing := set(port.addresses) - has:
        yield inside.bad("address", f"{', '.join(sorted(missing))} is not on it", mend)
    else:
        yield inside.good("address", ", ".join(port.addresses))


def _ping_hops(cloud: Cloud, spot: Spot, there: Facts, inside: Port, client: Port) -> Iterator[Hop]:
    """Say how the server behind CLIENT answers: to a ping, or at least to ARP, which no rule keeps away."""
    if not client.is_servers:
        return
    versions = {version_of(address) for address in inside.addresses}
    for address in (one for one in client.addresses if version_of(one) in versions):
        aspect, answer, known = (
            f"ping to {address}",
            there["pings"].get(address),
            there["neighbours"].get(address),
        )
        look = f"openstack console log show {client.device}"
        if answer is not None:
            yield spot.good(aspect, f"{answer:g} ms")
        elif known in _NO_ARP:
            yield spot.bad(aspect, f"no answer, not even to ARP ({known or 'no entry'})", look)
        elif lets_in(cloud, client, inside, version_of(address)):
            yield spot.bad(aspect, f"no answer, though the rules let it in; ARP: {known}", look)
        else:
            yield spot.unknown(aspect, f"the rules keep it away; ARP: {known}")


def _gateway_hops(cloud: Cloud, router: Router, spot: Spot, there: Facts, facts: Facts) -> Iterator[Hop]:
    gateway = next(
        (one for one in cloud.ports if one.device == router.id and one.owner == "network:router_gateway"),
        None,
    )
    if gateway is None:
        mend = f"openstack router set --external-gateway {router.gateway} {router.id}"
        yield Spot("", f"router {router.name}").bad("gateway", "its port is gone", mend)
        return
    yield from _device_hops(spot, there, f"qg-{gateway.id[:11]}", gateway)
    if there["default"]:
        yield spot.good("default route", ", ".join(there["default"]))
    else:
        yield spot.bad("default route", "there is none", "restart the L3 agent, and look into its log")
    if gateway.host == spot.host:
        yield from end_hops(cloud, gateway, facts)


def _floating_hop(spot: Spot, there: Facts, floating: FloatingAddress) -> Hop:
    lines = [
        line for line in there["nat"] if f" {floating.address}/32 " in line or line.endswith(floating.address)
    ]
    inwards = [
        line for line in lines if f"--to-destination {floating.fixed}" in line and "PREROUTING" in line
    ]
    outwards = [line for line in there["nat"] if f"--to-source {floating.address}" in line]
    aspect = f"floating IP {floating.address}"
    if not inwards or not outwards:
        which = "from outside" if not inwards else "to the outside"
        shows = f"no rule translates it {which}"
        return spot.bad(aspect, shows, "restart the L3 agent, and look into its log")
    return spot.good(aspect, f"becomes {floating.fixed}, {_packets(inwards)} connections so far")


def _packets(lines: list[str]) -> int:
    return sum(int(line.partition(":")[0].lstrip("[")) for line in lines)

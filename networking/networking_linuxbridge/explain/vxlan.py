"""From one host to another: the VXLAN device, its forwarding table, and the network between the hosts."""

from collections.abc import Iterator

from networking_linuxbridge import names
from networking_linuxbridge.explain.cloud import Cloud, Port
from networking_linuxbridge.explain.ends import mtu_hops
from networking_linuxbridge.explain.hop import Hop, Spot
from networking_linuxbridge.explain.host import Facts
from networking_linuxbridge.fdb import EVERYBODY, NOT_ANNOUNCED

_AGENT = "restart the Linux bridge agent, and look into its log"


def vxlan_hops(cloud: Cloud, near: Port, far: Port, facts: Facts) -> Iterator[Hop]:
    """Look at how the host of NEAR sends frames to FAR, which is on another host."""
    network = cloud.networks[near.network]
    if network.vni is None:
        return
    spot = Spot(near.host, names.vxlan(network.vni))
    link, bridge = facts["links"].get(spot.device), names.bridge(network.id)
    if link is None:
        yield spot.bad("device", f"{bridge} has none: it is not joined to other hosts", _AGENT)
        return
    yield from _device_hops(cloud, near, spot, link)
    yield from mtu_hops(spot, link, network)
    if link["bridge"] != bridge:
        shows = f"it is in {link['bridge'] or 'none'}, not in {bridge}"
        yield spot.bad("bridge", shows, f"ip link set {spot.device} master {bridge}")
    address = cloud.vxlan_address(far.host)
    if address is None:
        yield Spot("", f"Linux bridge agent on {far.host}").bad(
            "VXLAN", "it has no address for VXLAN", f"set [vxlan] local_ip on {far.host}"
        )
        return
    yield from _table_hops(cloud, near, far, facts["tables"].get(spot.device) or [])
    yield from _underlay_hops(Spot(near.host, f"way to {address}"), network.mtu, facts["peers"].get(address))


def _device_hops(cloud: Cloud, near: Port, spot: Spot, link: Facts) -> Iterator[Hop]:
    vni, local = cloud.networks[near.network].vni, cloud.vxlan_address(near.host)
    if not link["up"]:
        yield spot.bad("device", "it is down", f"ip link set {spot.device} up")
    if link["vni"] != vni:
        yield spot.bad("VNI", f"{link['vni']}, the network's is {vni}", _AGENT)
    if link["local"] != local:
        yield spot.bad("local address", f"{link['local']}, the other hosts send to {local}", _AGENT)
    yield spot.good("device", f"VNI {link['vni']}, from {link['local']}, UDP port {link['port']}")


def _table_hops(cloud: Cloud, near: Port, far: Port, table: list[list[str]]) -> Iterator[Hop]:
    vni, address = cloud.networks[near.network].vni, cloud.vxlan_address(far.host)
    spot = Spot(near.host, f"vxlan-{vni}")
    behind = {host for mac, host in table if mac == far.mac}
    right = f"bridge fdb replace {far.mac} dev {spot.device} dst {address}"
    if behind - {address}:
        shows = f"{far.mac} is looked for at {', '.join(sorted(behind))}, and is at {address} ({far.host})"
        yield spot.bad("FDB", shows, right)
    elif [EVERYBODY, address] not in table:
        shows = (
            f"no entry {EVERYBODY} for {address}: broadcasts, as of ARP and DHCP, do not get to {far.host}"
        )
        yield spot.bad("FDB", shows, f"bridge fdb append {EVERYBODY} dev {spot.device} dst {address}")
    elif not behind and far.owner not in NOT_ANNOUNCED:
        shows = f"no entry for {far.mac}: what is meant for it goes to every host"
        yield spot.odd("FDB", shows, right)
    else:
        yield spot.good("FDB", f"{far.mac} is behind {address}; {len(table)} entries")
    yield from _differences(cloud, near, spot, {tuple(entry) for entry in table}, {far.mac})


def _differences(
    cloud: Cloud, near: Port, spot: Spot, table: set[tuple[str, ...]], known: set[str]
) -> Iterator[Hop]:
    """Compare the table with all that the server announces, but for the entries that are KNOWN.

    Broadcasts may go to all hosts that a router in HA mode may be on.
    """
    wanted: set[tuple[str, ...]] = set()
    allowed: set[tuple[str, ...]] = set()
    for port in cloud.ports_of(near.network):
        address = cloud.vxlan_address(port.host)
        if port.host != near.host and address and port.status == "ACTIVE":
            wanted.add((EVERYBODY, address))
            if port.owner not in NOT_ANNOUNCED:
                wanted.add((port.mac, address))
        if port.owner in NOT_ANNOUNCED:
            allowed = {(EVERYBODY, cloud.vxlan_address(host) or "") for host in cloud.hosts_with_routers()}
    for what, entries in (("missing", wanted - table), ("stale", table - wanted - allowed)):
        others = sorted(entry for entry in entries if entry[0] not in known)
        if others:
            mac, address = others[0]
            mend = (
                f"bridge fdb {'append' if what == 'missing' else 'del'} {mac} dev {spot.device} dst {address}"
            )
            yield spot.odd(f"FDB, {what}", f"{len(others)} entries, as {mac} behind {address}", mend)


def _underlay_hops(spot: Spot, mtu: int, peer: Facts | None) -> Iterator[Hop]:
    if peer is None:
        return
    size = mtu + 50
    if peer["whole"] is not None:
        yield spot.good("ping", f"{peer['whole']:g} ms with {size} bytes through {peer['device']}")
    elif peer["small"] is not None:
        shows = f"{peer['small']:g} ms, but no answer to {size} bytes, which {mtu} become in VXLAN"
        yield spot.bad("MTU", shows, f"ip link show {peer['device']}")
    else:
        neighbour = f"its ARP entry is {peer['neighbour'] or 'not there'}"
        yield spot.bad("ping", f"no answer; {neighbour}", f"ip route get {spot.device.rpartition(' ')[2]}")

"""One thing broken at a time on real hosts: `dietstack-net explain` names exactly that."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cloud import DHCP, FLOATING, GATEWAY, INSIDE, ROUTER, Services, cloud_around, explained
from hosts import BRIDGE, EVERYBODY, NETWORK, VNI, Host, Server, sh
from networking_linuxbridge.explain.hop import Hop, Verdict, closing_line, is_whole

DEVICE = f"vxlan-{VNI}"
FLOOD = EVERYBODY[0]
SERVICES = (INSIDE, DHCP)


@pytest.fixture
def services(servers: list[Server], tmp_path: Path) -> Iterator[Services]:
    """A router and a DHCP server on the first host, known to the others."""
    made = Services(servers[0].host, servers, tmp_path)
    made.make()
    for server in servers[1:]:
        ports = [[port.mac, port.addresses[0]] for port in SERVICES]
        server.host.ask("add", vni=VNI, network=NETWORK, ports={servers[0].host.address: [EVERYBODY, *ports]})
    yield made
    made.delete()


@pytest.fixture
def mended(underlay: list[Host]) -> Iterator[None]:
    """Give the hosts' own devices back what a test took from them."""
    yield
    for host in underlay:
        host.ip("link", "set", "eth0", "up", "mtu", "1500")


@pytest.fixture
def explain(services: Services, servers: list[Server]) -> Callable[[], list[Hop]]:
    """Follows the way of the second server's port."""
    cloud = cloud_around(servers[1], servers)
    return lambda: explained(cloud, [server.host for server in servers])


@pytest.fixture
def host(servers: list[Server]) -> Host:
    """The host of the second server."""
    return servers[1].host


def test_a_whole_way(explain, servers, services):
    hops = explain()
    assert [str(hop) for hop in hops if hop.verdict is not Verdict.GOOD] == []
    shown = {(hop.device, hop.aspect): hop.shows for hop in hops}
    router = services.router
    assert re.fullmatch(r"[\d.]+ ms", shown[router, f"ping to {servers[1].address}"])
    assert shown[router, f"floating IP {FLOATING}"] == f"becomes {servers[1].address}, 0 connections so far"
    assert re.fullmatch(r"[\d.]+ ms with 1500 bytes through eth0", shown["way to 10.99.0.1", "ping"])
    back = [hop.shows for hop in hops if (hop.host, hop.device, hop.aspect) == (THERE, DEVICE, "FDB")]
    assert back == [f"{servers[1].mac} is behind 10.99.0.2; 4 entries"]


def test_looking_changes_nothing(explain, host):
    def state() -> list[str]:
        """What an agent or a person configures: no counters, nothing that bridges learn from pings."""
        looks = ("ip address", f"bridge fdb show dev {DEVICE} | grep dst", "bridge link", "iptables-save | grep -v '^#'")
        return [re.sub(r"\[\d+:\d+\]", "", host.run("sh", "-c", look).stdout) for look in looks]

    before = state()
    explain()
    assert state() == before


TAP = "tap00000002-00"
ADDRESS1, ADDRESS3 = "10.99.0.1", "10.99.0.3"
MACS = {number: f"fa:16:3e:00:00:{number:02x}" for number in (1, 2, 3)}
HERE, THERE = "lbtest-host2", "lbtest-host1"
QR, QG, NS = (f"{prefix}{port.id[:11]}" for prefix, port in (("qr-", INSIDE), ("qg-", GATEWAY), ("ns-", DHCP)))
QROUTER, QDHCP = f"qrouter-{ROUTER}", f"qdhcp-{NETWORK}"

# What is broken by which command in which namespace, and what is said of it.
BREAKS = {
    "tap down": (HERE, f"ip link set {TAP} down", f"{TAP} on {HERE}: device: it is down; on {HERE}: ip link set"),
    "tap gone": (HERE, f"ip link del {TAP}", f"{TAP} on {HERE}: device: there is none"),
    "guest's end down": ("lbtest-server2", "ip link set eth0 down", f"{TAP} on {HERE}: device: nothing is connected"),
    "no bridge": (HERE, f"ip link set {TAP} nomaster", f"{TAP} on {HERE}: bridge: it is in none, not in {BRIDGE}"),
    "wrong bridge": (HERE, f"ip link set {TAP} master br-ex", f"{TAP} on {HERE}: bridge: it is in br-ex, not"),
    "MTU of the tap": (HERE, f"ip link set {TAP} mtu 1300", f"{TAP} on {HERE}: MTU: 1300, the network's is 1450"),
    "bridge down": (HERE, f"ip link set {BRIDGE} down", f"{BRIDGE} on {HERE}: device: it is down"),
    "no rules": (HERE, "iptables -F", f"rules of {TAP} on {HERE}: filter: its chains of IPv4 are not there"),
    "no VXLAN": (HERE, f"ip link del {DEVICE}", f"{DEVICE} on {HERE}: device: {BRIDGE} has none"),
    "VXLAN down": (HERE, f"ip link set {DEVICE} down", f"{DEVICE} on {HERE}: device: it is down"),
    "VXLAN in no bridge": (HERE, f"ip link set {DEVICE} nomaster", f"{DEVICE} on {HERE}: bridge: it is in none"),
    "another VNI": (
        HERE,
        f"ip link del {DEVICE}; ip link add {DEVICE} mtu 1450 type vxlan id 7 local 10.99.0.2 dstport 4789;"
        f" ip link set {DEVICE} master {BRIDGE} up",
        f"{DEVICE} on {HERE}: VNI: 7, the network's is {VNI}",
    ),
    "another local address": (
        HERE,
        f"ip link set {DEVICE} type vxlan local 10.99.0.77",
        f"{DEVICE} on {HERE}: local address: 10.99.0.77, the other hosts send to 10.99.0.2",
    ),
    "no entry for broadcasts": (
        HERE,
        f"bridge fdb del {FLOOD} dev {DEVICE} dst {ADDRESS1}",
        f"{DEVICE} on {HERE}: FDB: no entry {FLOOD} for {ADDRESS1}",
    ),
    "entry for another host": (
        HERE,
        f"bridge fdb replace {INSIDE.mac} dev {DEVICE} dst {ADDRESS3}",
        f"{DEVICE} on {HERE}: FDB: {INSIDE.mac} is looked for at {ADDRESS3}, and is at {ADDRESS1} ({THERE})",
    ),
    "entry for another host, on the way back": (
        THERE,
        f"bridge fdb replace {MACS[2]} dev {DEVICE} dst {ADDRESS3}",
        f"{DEVICE} on {THERE}: FDB: {MACS[2]} is looked for at {ADDRESS3}, and is at 10.99.0.2 ({HERE})",
    ),
    "underlay down": (HERE, "ip link set eth0 down", f"way to {ADDRESS1} on {HERE}: ping: no answer"),
    "underlay with a small MTU": (
        THERE,
        "ip link set eth0 mtu 1400",
        f"way to {ADDRESS1} on {HERE}: MTU: ",
    ),
    "DHCP server's tap in no bridge": (THERE, f"ip link set {DHCP.tap} nomaster", f"{DHCP.tap} on {THERE}: bridge"),
    "DHCP server's device down": (QDHCP, f"ip link set {NS} down", f"{DHCP.tap} on {THERE}: device: nothing is"),
    "router's interface without its address": (
        QROUTER,
        f"ip address flush dev {QR}",
        f"{QR} in {QROUTER} on {THERE}: address: 192.168.35.101 is not on it",
    ),
    "router without a default route": (
        QROUTER,
        "ip route del default",
        f"{QROUTER} on {THERE}: default route: there is none",
    ),
    "router without a gateway": (QROUTER, f"ip link del {QG}", f"{QG} in {QROUTER} on {THERE}: device: there is none"),
    "gateway in no bridge": (THERE, f"ip link set {GATEWAY.tap} nomaster", f"{GATEWAY.tap} on {THERE}: bridge: it is"),
    "floating IP without its rule": (
        QROUTER,
        "iptables -t nat -F PREROUTING",
        f"{QROUTER} on {THERE}: floating IP {FLOATING}: no rule translates it from outside",
    ),
    "guest that is deaf": (
        "lbtest-server2",
        "ip link set eth0 arp off",
        f"{QDHCP} on {THERE}: ping to 192.168.35.2: no answer, though the rules let it in",
    ),
}


@pytest.mark.usefixtures("mended")
@pytest.mark.parametrize("broken", BREAKS)
def test_where_the_way_ends(broken, explain):
    namespace, command, expected = BREAKS[broken]
    sh("ip", "netns", "exec", namespace, "sh", "-ec", command)
    hops = explain()
    assert not is_whole(hops)
    assert f"the way ends: {expected}" in closing_line(hops)


def test_a_dhcp_server_that_ended(explain, services):
    services.stop_dnsmasq()
    assert f"the way ends: {QDHCP} on {THERE}: dnsmasq: it does not run" in closing_line(explain())


def test_a_dhcp_server_that_does_not_know_the_port(explain, services):
    services.hosts.write_text("")
    line = closing_line(explain())
    assert f"{QDHCP} on {THERE}: dnsmasq: it has no address for {MACS[2]} among 0" in line


def test_a_namespace_that_is_gone(services, servers):
    cloud = cloud_around(servers[1], servers)
    nowhere = replace(cloud, ports=tuple(replace(one, device="0ff") if one.id == INSIDE.id else one for one in cloud.ports),
                      routers=(replace(cloud.routers[0], id="0ff"),))
    line = closing_line(explained(nowhere, [server.host for server in servers]))
    assert f"the way ends: qrouter-0ff on {THERE}: namespace: there is none: no routing" in line


def test_an_entry_that_is_missing_is_odd(explain, host):
    host.run("bridge", "fdb", "del", INSIDE.mac, "dev", DEVICE, "dst", ADDRESS1)
    hops = explain()
    assert is_whole(hops)
    missing = f"{DEVICE} on {HERE}: FDB, missing: 1 entries, as {INSIDE.mac} behind {ADDRESS1}"
    assert f"the way is whole, but {missing}" in closing_line(hops)


def test_an_entry_that_is_stale_is_odd(explain, host):
    host.run("bridge", "fdb", "append", "fa:16:3e:00:00:99", "dev", DEVICE, "dst", ADDRESS3)
    hops = explain()
    assert is_whole(hops)
    assert f"FDB, stale: 1 entries, as fa:16:3e:00:00:99 behind {ADDRESS3}" in closing_line(hops)


@pytest.mark.usefixtures("services")
def test_the_way_to_another_server(servers):
    cloud = replace(cloud_around(servers[1], servers), to=servers[2].address)
    hosts = [server.host for server in servers]
    assert closing_line(explained(cloud, hosts)) == "the way is whole"
    servers[2].host.ip("link", "set", servers[2].tap, "nomaster")
    assert f"{servers[2].tap} on lbtest-host3: bridge: it is in none" in closing_line(explained(cloud, hosts))


def test_refused_packets_are_counted(servers, explain):
    servers[1].host.ask("protect", port=servers[1].port, rules=[])
    assert not servers[0].pings(servers[1].address)
    (rules,) = (hop for hop in explain() if hop.device == f"rules of {TAP}" and hop.aspect == "filter")
    assert re.match(r"refused [1-9]\d* packets to the port", rules.shows)


def test_drops_of_the_bridge_family_are_counted(servers, host, explain):
    rules = f"""
        table bridge lbtest {{
            chain {TAP} {{ ether saddr != {MACS[2]} counter drop; counter accept; }}
            chain from_port {{ type filter hook prerouting priority 0; iifname {TAP} goto {TAP}; }}
        }}"""
    sh("ip", "netns", "exec", HERE, "nft", rules)
    try:
        servers[1].ip("link", "set", "eth0", "address", "fa:16:3e:00:00:98")
        assert not servers[1].pings(servers[0].address)
        shown = {hop.device: hop.shows for hop in explain() if hop.aspect == "nftables"}
        assert re.match(r"dropped from the port [1-9]\d* by ether saddr", shown[f"protection of {TAP}"])
    finally:
        host.run("nft", "delete table bridge lbtest")


def test_facts_on_the_host_itself(servers, host):
    """What the agent answers is what `dietstack-net facts` prints there."""
    command = [str(Path(sys.executable).with_name("dietstack-net")), "facts", "--tap", TAP, "--vni", str(VNI)]
    told = json.loads(host.run(*command, "--peer", ADDRESS1).stdout)
    assert told["links"][TAP]["bridge"] == BRIDGE
    assert [MACS[1], ADDRESS1] in told["tables"][DEVICE]
    assert told["peers"][ADDRESS1]["whole"] > 0


def test_facts_of_what_is_no_tap_are_refused(host):
    command = [str(Path(sys.executable).with_name("dietstack-net")), "facts", "--tap", "eth0"]
    refused = host.run(*command, check=False)
    assert (refused.returncode, refused.stderr) == (2, "refused: eth0: not the tap of a port\n")

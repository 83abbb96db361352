"""One thing broken at a time: the closing line names it, and the command that mends it."""

from dataclasses import replace

import pytest
from healthy import (
    BRIDGE,
    DEVICE,
    DHCP,
    EVERYBODY,
    FLOATING,
    GATEWAY,
    HOST1,
    HOST2,
    INSIDE,
    NETWORK,
    OTHER,
    QDHCP,
    QROUTER,
    SERVER,
    answers,
    cloud,
    with_port,
)

from networking_linuxbridge.explain.cloud import Agent, Network, Router, Rule, Server
from networking_linuxbridge.explain.hop import Verdict, closing_line, is_whole
from networking_linuxbridge.explain.way import way


def test_nothing_is_wrong_with_a_whole_way():
    hops = way(cloud(), answers())
    assert [hop for hop in hops if hop.verdict is not Verdict.GOOD] == []
    assert closing_line(hops) == "the way is whole"
    assert is_whole(hops)


def test_the_way_passes_every_device_once():
    hops = way(cloud(), answers())
    assert len(hops) == len(set(hops))
    seen = list(dict.fromkeys((hop.host, hop.device) for hop in hops))
    devices = [
        ("host2", SERVER.tap), ("host2", BRIDGE), ("host2", f"rules of {SERVER.tap}"), ("host2", DEVICE),
        ("host2", f"way to {HOST1}"), ("host1", DHCP.tap), ("host1", DEVICE), ("host1", QDHCP),
        ("host1", QROUTER), ("host1", GATEWAY.tap),
    ]  # fmt: skip
    assert [one for one in seen if one in devices] == devices


def test_the_counters_are_evidence():
    shown = {(hop.device, hop.aspect): hop.shows for hop in way(cloud(), answers())}
    assert shown[SERVER.tap, "device"] == "up, 10 packets from the port, 20 to it"
    assert shown[f"rules of {SERVER.tap}", "filter"] == (
        "refused 2 packets to the port, 0 from it, 5 with a foreign sender"
    )
    assert "3 connections" in shown[QROUTER, f"floating IP {FLOATING}"]


def agents_but(agent):
    """All agents, with AGENT in the place of its predecessor."""
    others = (one for one in cloud().agents if (one.kind, one.host) != (agent.kind, agent.host))
    return cloud(agents=(*others, agent))


def without_port(port):
    return cloud(ports=tuple(one for one in cloud().ports if one is not port))


def rules(*ingress):
    return cloud(rules=(Rule("group", "egress", 4), *ingress))


DEAD = "2030-01-01 00:00:00"
TOLD = {
    "server off": (
        cloud(server=Server("server-id", "web", "SHUTOFF")),
        "server web: state: it is off; openstack server start",
    ),
    "server in error": (cloud(server=Server("server-id", "web", "ERROR")), "server web: state: ERROR"),
    "port down": (with_port(SERVER, admin_up=False), "administratively down; openstack port set --enable"),
    "port unbound": (with_port(SERVER, host="", vif_type="unbound"), "binding: to no host"),
    "binding failed": (with_port(SERVER, vif_type="binding_failed"), "binding: failed on host2"),
    "binding failed, and why": (
        with_port(SERVER, vif_type="binding_failed", reason="no Linux bridge agent ever reported from there"),
        "binding: failed on host2: no Linux bridge agent ever reported from there",
    ),
    "network down": (
        cloud(
            networks={**cloud().networks, NETWORK: Network(NETWORK, "net", "vxlan", 77, 1450, admin_up=False)}
        ),
        "openstack network set --enable net",
    ),
    "agent dead": (
        agents_but(Agent("Linux bridge agent", "host2", alive=False, heard=DEAD, vxlan_address=HOST2)),
        f"Linux bridge agent on host2: report: last came at {DEAD}",
    ),
    "no agent": (cloud(agents=cloud().agents[:1]), "Linux bridge agent on host2: report: never came"),
    "DHCP agent dead": (
        agents_but(Agent("DHCP agent", "host1", alive=False, heard=DEAD)),
        f"DHCP agent on host1: report: last came at {DEAD}",
    ),
    "L3 agent dead": (
        agents_but(Agent("L3 agent", "host1", alive=False, heard=DEAD)),
        f"L3 agent on host1: report: last came at {DEAD}",
    ),
    "no DHCP": (without_port(DHCP), "DHCP: server: none serves net; DHCP agents: host1"),
    "nothing let in": (
        rules(),
        "lets in: nothing, but from members of its own groups: 0 rules; "
        "openstack security group rule create --ingress --protocol icmp group",
    ),
    "only members let in": (
        rules(Rule("group", "ingress", 4, remote="group")),
        "lets in: nothing, but from members of its own groups: 1 rules; openstack security group rule create",
    ),
    "nothing let out": (
        cloud(rules=(Rule("group", "ingress", 4, "icmp"),)),
        "lets out: no ping to anybody: nothing at all; openstack security group rule create --egress",
    ),
    "no address for VXLAN": (
        agents_but(Agent("Linux bridge agent", "host1")),
        "Linux bridge agent on host1: VXLAN: it has no address for VXLAN; set [vxlan] local_ip on host1",
    ),
    "router down": (
        cloud(routers=(Router(INSIDE.device, "router", admin_up=False),)),
        "router router: state: administratively down; openstack router set --enable",
    ),
    "gateway's port gone": (without_port(GATEWAY), "router router: gateway: its port is gone"),
}


@pytest.mark.parametrize("broken", TOLD)
def test_what_the_api_says_is_wrong(broken):
    api, expected = TOLD[broken]
    hops = way(api, answers())
    assert not is_whole(hops)
    assert closing_line(hops).startswith("the way ends: ")
    assert expected in closing_line(hops)


def at(host, *path, value=None, drop=None):
    """Return what the hosts say, with one thing of HOST otherwise: VALUE in its place, or its key DROPped."""
    said = answers()
    inside = said[host]
    for key in path if drop else path[:-1]:
        inside = inside[key]
    if drop:
        del inside[drop]
    else:
        inside[path[-1]] = value
    return said


FOREIGN = "10.0.0.9"
TAP, VXLAN = f"{SERVER.tap} on host2", f"{DEVICE} on host2"
NS, QR, QG = "ns-dddddddd-22", "qr-99999999-22", "qg-88888888-22"
TABLE = [[OTHER.mac, HOST1], [INSIDE.mac, HOST1], [EVERYBODY, HOST1]]
DNAT, SNAT = answers()["host1"]["namespaces"][QROUTER]["nat"]
SEEN = {
    "agent silent": (
        {**answers(), "host2": "none within 15 s"},
        "Linux bridge agent on host2: answer: none within 15 s",
    ),
    "tap missing": (
        at("host2", "links", drop=SERVER.tap),
        f"{TAP}: device: there is none; openstack server reboot --hard",
    ),
    "tap down": (
        at("host2", "links", SERVER.tap, "up", value=False),
        f"on host2: ip link set {SERVER.tap} up",
    ),
    "no guest behind the tap": (
        at("host2", "links", SERVER.tap, "carrier", value=False),
        f"{TAP}: device: nothing is connected",
    ),
    "in no bridge": (
        at("host2", "links", SERVER.tap, "bridge"),
        f"it is in none, not in {BRIDGE}; on host2: ip link set",
    ),
    "in another bridge": (
        at("host2", "links", SERVER.tap, "bridge", value="br0"),
        f"{TAP}: bridge: it is in br0, not in {BRIDGE}",
    ),
    "blocked in the bridge": (
        at("host2", "links", SERVER.tap, "forwards", value=False),
        f"{TAP}: bridge: {BRIDGE} does not forward",
    ),
    "bridge down": (
        at("host2", "links", BRIDGE, "up", value=False),
        f"{BRIDGE} on host2: device: it is down",
    ),
    "MTU of the tap": (
        at("host2", "links", SERVER.tap, "mtu", value=1400),
        f"{TAP}: MTU: 1400, the network's is 1450",
    ),
    "MTU of the bridge": (at("host2", "links", BRIDGE, "mtu", value=1400), f"{BRIDGE} on host2: MTU: 1400"),
    "no rules": (
        at("host2", "rules", SERVER.tap, "4", value=[]),
        f"rules of {SERVER.tap} on host2: filter: its chains of IPv4 are not there",
    ),
    "not admitted": (
        at("host2", "protection", SERVER.tap, value={"admitted": False, "drops": []}),
        f"protection of {SERVER.tap} on host2: nftables: it has no chain: nothing passes",
    ),
    "no VXLAN device": (at("host2", "links", drop=DEVICE), f"{VXLAN}: device: {BRIDGE} has none"),
    "VXLAN device down": (at("host2", "links", DEVICE, "up", value=False), f"{VXLAN}: device: it is down"),
    "VXLAN device in no bridge": (
        at("host2", "links", DEVICE, "bridge"),
        f"{VXLAN}: bridge: it is in none, not in {BRIDGE}",
    ),
    "MTU of the VXLAN device": (at("host2", "links", DEVICE, "mtu", value=1400), f"{VXLAN}: MTU: 1400"),
    "wrong VNI": (at("host2", "links", DEVICE, "vni", value=78), f"{VXLAN}: VNI: 78, the network's is 77"),
    "wrong local address": (
        at("host2", "links", DEVICE, "local", value=FOREIGN),
        f"local address: {FOREIGN}, the other hosts send to {HOST2}",
    ),
    "FDB points elsewhere": (
        at("host2", "tables", DEVICE, value=[*TABLE, [DHCP.mac, FOREIGN]]),
        f"FDB: {DHCP.mac} is looked for at {FOREIGN}, and is at {HOST1} (host1); "
        f"on host2: bridge fdb replace {DHCP.mac} dev {DEVICE} dst {HOST1}",
    ),
    "FDB empty": (
        at("host2", "tables", DEVICE, value=[]),
        f"{VXLAN}: FDB: no entry {EVERYBODY} for {HOST1}: broadcasts, as of ARP and DHCP, do not get",
    ),
    "FDB on the way back": (
        at("host1", "tables", DEVICE, value=[[EVERYBODY, HOST2], [SERVER.mac, FOREIGN]]),
        f"{DEVICE} on host1: FDB: {SERVER.mac} is looked for at {FOREIGN}, and is at {HOST2} (host2)",
    ),
    "other host away": (
        at(
            "host2",
            "peers",
            HOST1,
            value={"whole": None, "small": None, "device": "eth0", "neighbour": "FAILED"},
        ),
        f"way to {HOST1} on host2: ping: no answer; its ARP entry is FAILED",
    ),
    "MTU between the hosts": (
        at(
            "host2",
            "peers",
            HOST1,
            value={"whole": None, "small": 0.2, "device": "eth0", "neighbour": "REACHABLE"},
        ),
        f"way to {HOST1} on host2: MTU: 0.2 ms, but no answer to 1500 bytes, which 1450 become in VXLAN",
    ),
    "tap of the DHCP server": (
        at("host1", "links", drop=DHCP.tap),
        f"{DHCP.tap} on host1: device: there is none",
    ),
    "tap of the router": (
        at("host1", "links", INSIDE.tap, "bridge"),
        f"{INSIDE.tap} on host1: bridge: it is in none",
    ),
    "no namespace of DHCP": (
        at("host1", "namespaces", drop=QDHCP),
        f"{QDHCP} on host1: namespace: there is none: no DHCP",
    ),
    "dnsmasq gone": (at("host1", "dhcp", drop=NETWORK), f"{QDHCP} on host1: dnsmasq: it does not run"),
    "no address for the port": (
        at("host1", "dhcp", NETWORK, "macs", value=[]),
        f"dnsmasq: it has no address for {SERVER.mac} among 0",
    ),
    "no device of DHCP": (
        at("host1", "namespaces", QDHCP, "devices", drop=NS),
        f"{NS} in {QDHCP} on host1: device: there is none",
    ),
    "no namespace of the router": (
        at("host1", "namespaces", drop=QROUTER),
        f"{QROUTER} on host1: namespace: there is none: no routing",
    ),
    "no interface of the router": (
        at("host1", "namespaces", QROUTER, "devices", drop=QR),
        f"{QR} in {QROUTER} on host1: device: there is none",
    ),
    "interface of the router down": (
        at("host1", "namespaces", QROUTER, "devices", QR, "up", value=False),
        f"{QR} in {QROUTER} on host1: device: it is down",
    ),
    "interface without its address": (
        at("host1", "namespaces", QROUTER, "devices", QR, "addresses", value=[]),
        "address: 192.168.35.1 is not on it",
    ),
    "no gateway in the router": (
        at("host1", "namespaces", QROUTER, "devices", drop=QG),
        f"{QG} in {QROUTER} on host1: device: there is none",
    ),
    "no default route": (
        at("host1", "namespaces", QROUTER, "default", value=[]),
        f"{QROUTER} on host1: default route: there is none",
    ),
    "gateway in no bridge": (
        at("host1", "links", GATEWAY.tap, "bridge"),
        f"{GATEWAY.tap} on host1: bridge: it is in none, not in br-ex",
    ),
    "floating IP not translated": (
        at("host1", "namespaces", QROUTER, "nat", value=[SNAT]),
        f"floating IP {FLOATING}: no rule translates it from outside",
    ),
    "floating IP one way only": (
        at("host1", "namespaces", QROUTER, "nat", value=[DNAT]),
        f"floating IP {FLOATING}: no rule translates it to the outside",
    ),
}


@pytest.mark.parametrize("broken", SEEN)
def test_what_the_hosts_say_is_wrong(broken):
    said, expected = SEEN[broken]
    hops = way(cloud(), said)
    assert not is_whole(hops)
    assert closing_line(hops).startswith("the way ends: ")
    assert expected in closing_line(hops)


ODD = {
    "FDB without the entry": (
        at("host2", "tables", DEVICE, value=[*TABLE]),
        f"{VXLAN}: FDB: no entry for {DHCP.mac}: what is meant for it goes to every host",
    ),
    "FDB without another's entry": (
        at("host2", "tables", DEVICE, value=[[INSIDE.mac, HOST1], [DHCP.mac, HOST1], [EVERYBODY, HOST1]]),
        f"FDB, missing: 1 entries, as {OTHER.mac} behind {HOST1}; on host2: bridge fdb append",
    ),
    "FDB with a stale entry": (
        at("host2", "tables", DEVICE, value=[*TABLE, [DHCP.mac, HOST1], ["fa:16:3e:00:00:99", FOREIGN]]),
        f"FDB, stale: 1 entries, as fa:16:3e:00:00:99 behind {FOREIGN}; on host2: bridge fdb del",
    ),
    "unfiltered bridge": (
        at("host2", "links", BRIDGE, "filters", value=[0, 0]),
        "security groups do not apply",
    ),
}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_as_it_should_be_but_ends_no_way(odd):
    said, expected = ODD[odd]
    hops = way(cloud(), said)
    assert is_whole(hops)
    assert closing_line(hops).startswith("the way is whole, but ")
    assert expected in closing_line(hops)


def test_broadcasts_may_go_to_every_host_that_a_router_of_several_may_be_on():
    standby = (
        Agent("Linux bridge agent", "host3", vxlan_address="10.0.0.3"),
        Agent("L3 agent", "host3"),
    )
    router = with_port(INSIDE, owner="network:ha_router_replicated_interface")
    table = [[EVERYBODY, HOST1], [EVERYBODY, "10.0.0.3"], [OTHER.mac, HOST1], [DHCP.mac, HOST1]]
    said = at("host2", "tables", DEVICE, value=table)
    hops = way(replace(router, agents=(*router.agents, *standby)), said)
    assert [hop for hop in hops if hop.verdict is not Verdict.GOOD] == []


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        (Rule("group", "ingress", 4, "tcp", (22, 22)), "tcp 22"),
        (Rule("group", "ingress", 4, "icmp", (3, None)), "icmp 3"),
    ],
)
def test_a_group_that_lets_in_something_else_than_pings_is_told(rule, shown):
    hops = way(rules(rule), answers())
    assert is_whole(hops)
    assert f"lets in: {shown}: no ping; openstack security group rule create" in closing_line(hops)


@pytest.mark.parametrize("namespace", [QDHCP, QROUTER])
def test_a_guest_that_does_not_even_answer_arp(namespace):
    said = at("host1", "namespaces", namespace, "pings", "192.168.35.5")
    said["host1"]["namespaces"][namespace]["neighbours"]["192.168.35.5"] = "FAILED"
    line = closing_line(way(cloud(), said))
    assert "ping to 192.168.35.5: no answer, not even to ARP (FAILED); openstack console log show" in line


def test_a_guest_that_answers_arp_and_no_ping_although_it_may():
    line = closing_line(way(cloud(), at("host1", "namespaces", QROUTER, "pings", "192.168.35.5")))
    assert "no answer, though the rules let it in; ARP: REACHABLE" in line


def test_silence_says_nothing_of_a_guest_that_must_not_be_pinged():
    said = at("host1", "namespaces", QROUTER, "pings", "192.168.35.5")
    hops = way(rules(Rule("group", "ingress", 4, "tcp", (22, 22))), said)
    assert is_whole(hops)
    assert [hop.shows for hop in hops if hop.verdict is Verdict.UNKNOWN] == [
        "the rules keep it away; ARP: REACHABLE"
    ]


def test_silence_by_one_version_of_ip_says_nothing_where_the_rules_let_in_the_other():
    both = {port: (*port.addresses, f"fd00::{end}") for port, end in ((SERVER, 5), (DHCP, 2))}
    ports = tuple(replace(port, addresses=both.get(port, port.addresses)) for port in cloud().ports)
    said = at("host1", "namespaces", QDHCP, "pings", "fd00::5")
    said["host1"]["namespaces"][QDHCP]["neighbours"]["fd00::5"] = "REACHABLE"
    said["host1"]["namespaces"][QDHCP]["devices"][NS]["addresses"].append("fd00::2/64")
    said["host2"]["rules"][SERVER.tap]["6"] = said["host2"]["rules"][SERVER.tap]["4"]
    hops = way(cloud(port=ports[0], ports=ports), said)
    assert is_whole(hops)
    assert "the rules keep it away; ARP: REACHABLE" in {hop.shows for hop in hops}


def test_without_port_security_no_rule_is_missed():
    hops = way(
        replace(with_port(SERVER, filtered=False), rules=()), at("host2", "rules", SERVER.tap, "4", value=[])
    )
    assert is_whole(hops)
    assert "port security is off: everything passes" in {hop.shows for hop in hops}


def test_without_a_firewall_no_rule_is_missed():
    agent = Agent("Linux bridge agent", "host2", vxlan_address=HOST2, filters=False)
    said = at("host2", "rules", SERVER.tap, "4", value=[])
    said["host2"]["links"][BRIDGE]["filters"] = [0, 0]
    hops = way(replace(agents_but(agent), rules=()), said)
    assert [hop for hop in hops if hop.verdict is not Verdict.GOOD] == []
    assert "no firewall on this host: everything passes" in {hop.shows for hop in hops}


def test_drops_of_the_protection_are_shown():
    drops = [{"by": "ether saddr", "packets": 12}, {"by": "the rest", "packets": 0}]
    said = at("host2", "protection", SERVER.tap, value={"admitted": True, "drops": drops})
    assert "dropped from the port 12 by ether saddr" in {hop.shows for hop in way(cloud(), said)}

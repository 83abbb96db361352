"""A port whose way is whole: its server on host2, router and DHCP server on host1."""

from dataclasses import replace

from networking_linuxbridge.explain.cloud import (
    Agent,
    Cloud,
    FloatingAddress,
    Network,
    Port,
    Router,
    Rule,
    Server,
    Subnet,
)

NETWORK, OUTSIDE, ROUTER = "aaaaaaaa-0000-4000-8000-00000000000a", "eeeeeeee-00", "cccccccc-00"
VNI, MTU = 77, 1450
HOST1, HOST2 = "10.0.0.1", "10.0.0.2"
EVERYBODY = "00:00:00:00:00:00"
BRIDGE, DEVICE = "brqaaaaaaaa-00", "vxlan-77"
QDHCP, QROUTER = f"qdhcp-{NETWORK}", f"qrouter-{ROUTER}"
FLOATING = "192.0.2.50"

SERVER = Port(
    "11111111-2222-4333-8444-555555555555", NETWORK, "fa:16:3e:00:00:01", ("192.168.35.5",),
    owner="compute:nova", device="server-id", host="host2", groups=("group",),
)  # fmt: skip
OTHER = Port(
    "22222222-2222-4333-8444-555555555555", NETWORK, "fa:16:3e:00:00:02", ("192.168.35.6",),
    owner="compute:nova", device="other-id", host="host1", groups=("group",),
)  # fmt: skip
DHCP = Port(
    "dddddddd-2222-4333-8444-555555555555", NETWORK, "fa:16:3e:00:00:0d", ("192.168.35.2",),
    owner="network:dhcp", device="dhcp-id", host="host1", filtered=False,
)  # fmt: skip
INSIDE = Port(
    "99999999-2222-4333-8444-555555555555", NETWORK, "fa:16:3e:00:00:09", ("192.168.35.1",),
    owner="network:router_interface", device=ROUTER, host="host1", filtered=False,
)  # fmt: skip
GATEWAY = Port(
    "88888888-2222-4333-8444-555555555555", OUTSIDE, "fa:16:3e:00:00:08", ("192.0.2.10",),
    owner="network:router_gateway", device=ROUTER, host="host1", filtered=False,
)  # fmt: skip


def cloud(**changes):
    """Return what the API says; CHANGES: fields that are otherwise."""
    return replace(
        Cloud(
            port=SERVER,
            ports=(SERVER, OTHER, DHCP, INSIDE, GATEWAY),
            networks={
                NETWORK: Network(NETWORK, "net", "vxlan", VNI, MTU),
                OUTSIDE: Network(OUTSIDE, "outside", "flat", None, 1500, physical="external"),
            },
            subnets=(Subnet(NETWORK, "192.168.35.0/24"),),
            agents=(
                Agent("Linux bridge agent", "host1", vxlan_address=HOST1, mappings={"external": "br-ex"}),
                Agent("Linux bridge agent", "host2", vxlan_address=HOST2),
                Agent("DHCP agent", "host1"),
                Agent("L3 agent", "host1"),
            ),
            routers=(Router(ROUTER, "router", gateway=OUTSIDE),),
            floating=(FloatingAddress(FLOATING, "192.168.35.5", SERVER.id, ROUTER),),
            rules=(
                Rule("group", "egress", 4),
                Rule("group", "ingress", 4, remote="group"),
                Rule("group", "ingress", 4, "icmp"),
            ),
            server=Server("server-id", "web", "ACTIVE"),
        ),
        **changes,
    )


def with_port(changed, **changes):
    """Return what the API says when a port is otherwise."""
    before = cloud()
    after = replace(changed, **changes)
    ports = tuple(after if port is changed else port for port in before.ports)
    return replace(before, port=after if changed is SERVER else before.port, ports=ports)


def answers():
    """Return what the hosts say."""
    return {"host2": _host2(), "host1": _host1()}


def _host2():
    return _facts(
        links={
            SERVER.tap: _link("tun", BRIDGE),
            BRIDGE: _link("bridge"),
            DEVICE: _link("vxlan", BRIDGE, vni=VNI, local=HOST2, port=4789),
        },
        tables={DEVICE: [[EVERYBODY, HOST1], *([port.mac, HOST1] for port in (OTHER, DHCP, INSIDE))]},
        rules={SERVER.tap: {"4": rules_of(SERVER), "6": []}},
        peers={HOST1: _peer()},
    )


def _host1():
    taps = {port.tap: _link("veth", BRIDGE) for port in (DHCP, INSIDE)}
    return _facts(
        links={
            **taps,
            OTHER.tap: _link("tun", BRIDGE),
            GATEWAY.tap: _link("veth", "br-ex", mtu=1500),
            BRIDGE: _link("bridge"),
            "br-ex": _link("bridge", mtu=1500),
            DEVICE: _link("vxlan", BRIDGE, vni=VNI, local=HOST1, port=4789),
        },
        tables={DEVICE: [[EVERYBODY, HOST2], [SERVER.mac, HOST2]]},
        rules={OTHER.tap: {"4": rules_of(OTHER), "6": []}},
        peers={HOST2: _peer()},
        dhcp={NETWORK: {"pid": 4711, "macs": [SERVER.mac]}},
        namespaces={
            QDHCP: _namespace({"ns-dddddddd-22": ["192.168.35.2/24"]}),
            QROUTER: _namespace(
                {
                    "qr-99999999-22": ["192.168.35.1/24"],
                    "qg-88888888-22": ["192.0.2.10/24", f"{FLOATING}/32"],
                },
                default=["192.0.2.1"],
                nat=[
                    f"[3:252] -A a-l3-PREROUTING -d {FLOATING}/32 -j DNAT --to-destination 192.168.35.5",
                    f"[1:84] -A a-l3-float-snat -s 192.168.35.5/32 -j SNAT --to-source {FLOATING}",
                ],
            ),
        },
    )


def rules_of(port):
    """Return the rules of a port in iptables, with their counters."""
    chain = port.id[:10]
    return [
        f"[0:0] -A agent-sg-chain -m physdev --physdev-out {port.tap} -j agent-i{chain}",
        f"[9:900] -A agent-i{chain} -p icmp -j RETURN",
        f"[2:120] -A agent-i{chain} -j agent-sg-fallback",
        f"[4:400] -A agent-o{chain} -j RETURN",
        f"[0:0] -A agent-o{chain} -j agent-sg-fallback",
        f"[5:300] -A agent-s{chain} -j DROP",
    ]


def _facts(**said):
    nothing = {"links": {}, "tables": {}, "rules": {}, "protection": {}, "dhcp": {}, "peers": {}}
    return {**nothing, "namespaces": {}, **said}


def _link(kind, bridge=None, **more):
    return {
        "kind": kind,
        "up": True,
        "carrier": True,
        "bridge": bridge,
        "forwards": True,
        "mtu": MTU,
        "received": 10,
        "sent": 20,
        "vni": None,
        "local": None,
        "port": None,
        "filters": [1, 1] if kind == "bridge" else [None, None],
        **more,
    }


def _peer():
    return {"whole": 0.3, "small": 0.3, "device": "eth0", "neighbour": "REACHABLE"}


def _namespace(devices, **more):
    return {
        "devices": {name: {"up": True, "mtu": MTU, "addresses": has} for name, has in devices.items()},
        "default": [],
        "nat": [],
        "neighbours": {"192.168.35.5": "REACHABLE"},
        "pings": {"192.168.35.5": 0.5},
        **more,
    }

"""What the API would say of the three hosts, and a router and a DHCP server on the first of them."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from hosts import NETWORK, VNI, VXLAN, Host, Server, eventually, sh
from networking_linuxbridge.explain.cloud import (
    Agent,
    Cloud,
    FloatingAddress,
    Network,
    Port,
    Router,
    Rule,
    Subnet,
)
from networking_linuxbridge.explain.hop import Hop
from networking_linuxbridge.explain.way import Answers, questions, way

ROUTER = "5eed0000-0000-4000-8000-0000000000aa"
OUTSIDE = "5eed0000-0000-4000-8000-0000000000bb"
FLOATING = "192.0.2.50"
INSIDE = Port(
    "5eed0001-0000-4000-8000-000000000001", NETWORK, "fa:16:3e:00:01:01", ("192.168.35.101",),
    owner="network:router_interface", device=ROUTER, filtered=False,
)  # fmt: skip
GATEWAY = Port(
    "5eed0002-0000-4000-8000-000000000002", OUTSIDE, "fa:16:3e:00:01:02", ("192.0.2.10",),
    owner="network:router_gateway", device=ROUTER, filtered=False,
)  # fmt: skip
DHCP = Port(
    "5eed0003-0000-4000-8000-000000000003", NETWORK, "fa:16:3e:00:01:03", ("192.168.35.102",),
    owner="network:dhcp", device="dhcp", filtered=False,
)  # fmt: skip
FLAT = {"network_type": "flat", "physical_network": "outside", "mtu": 1500}


def port_of(server: Server) -> Port:
    """Return the port of a server as the API has it."""
    return Port(
        f"{server.tap.removeprefix('tap')}00-4000-8000-000000000000", NETWORK, server.mac, (server.address,),
        owner="compute:test", device=server.name, host=server.host.name, groups=("group",),
    )  # fmt: skip


def cloud_around(server: Server, servers: list[Server]) -> Cloud:
    """Return what the API says around the port of SERVER."""
    hosts = [one.host for one in servers]
    network_host = hosts[0].name
    ports = [port_of(one) for one in servers]
    ports += [replace(port, host=network_host) for port in (INSIDE, GATEWAY, DHCP)]
    mappings = {"outside": "br-ex"}
    return Cloud(
        port=port_of(server),
        ports=tuple(ports),
        networks={
            NETWORK: Network(NETWORK, "net", "vxlan", VNI, 1450),
            OUTSIDE: Network(OUTSIDE, "outside", "flat", None, 1500, physical="outside"),
        },
        subnets=(Subnet(NETWORK, "192.168.35.0/24"),),
        agents=(
            *(
                Agent("Linux bridge agent", host.name, vxlan_address=host.address, mappings=mappings)
                for host in hosts
            ),
            Agent("DHCP agent", network_host),
            Agent("L3 agent", network_host),
        ),
        routers=(Router(ROUTER, "router", gateway=OUTSIDE),),
        floating=(FloatingAddress(FLOATING, server.address, port_of(server).id, ROUTER),),
        rules=(Rule("group", "egress", 4), Rule("group", "ingress", 4)),
    )


class Services:
    """The router and the DHCP server on a host, as the L3 and the DHCP agent would have made them."""

    def __init__(self, host: Host, servers: list[Server], folder: Path) -> None:
        self.host = host
        self.router, self.dhcp = f"qrouter-{ROUTER}", f"qdhcp-{NETWORK}"
        self.hosts = folder / NETWORK / "host"
        self.servers = servers
        self._dnsmasq: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        """Make the namespaces, their devices, what translates a floating IP, and start dnsmasq."""
        for namespace in (self.router, self.dhcp):
            sh("ip", "netns", "add", namespace)
        self._plug(INSIDE, "qr-", self.router, NETWORK, 1450)
        self._plug(GATEWAY, "qg-", self.router, OUTSIDE, 1500)
        self._plug(DHCP, "ns-", self.dhcp, NETWORK, 1450)
        qg = f"qg-{GATEWAY.id[:11]}"
        sh("ip", "-n", self.router, "address", "add", f"{FLOATING}/32", "dev", qg)
        sh("ip", "-n", self.router, "route", "add", "default", "via", "192.0.2.1")
        self.translate("-A")
        self.hosts.parent.mkdir()
        self.hosts.write_text("".join(f"{one.mac},{one.name},{one.address}\n" for one in self.servers))
        self.start_dnsmasq()

    def translate(self, what: str) -> None:
        """Add (-A) or delete (-D) the rules that translate the floating IP of the second server."""
        address = self.servers[1].address
        inwards = ("PREROUTING", "-d", f"{FLOATING}/32", "-j", "DNAT", "--to-destination", address)
        outwards = ("POSTROUTING", "-s", f"{address}/32", "-j", "SNAT", "--to-source", FLOATING)
        for rule in (inwards, outwards):
            sh("ip", "netns", "exec", self.router, "iptables", "-t", "nat", what, *rule)

    def start_dnsmasq(self) -> None:
        """Serve the network as the DHCP agent does."""
        program = shutil.which("dnsmasq")
        assert program, "dnsmasq is not installed"
        options = ("--keep-in-foreground", "--no-hosts", "--no-resolv", "--port=0", "--pid-file=", "--conf-file=/dev/null")
        self._dnsmasq = subprocess.Popen(
            ["ip", "netns", "exec", self.dhcp, program, *options, f"--dhcp-hostsfile={self.hosts}",
             "--dhcp-range=192.168.35.0,static,24h", "--leasefile-ro"]
        )  # fmt: skip
        eventually(lambda: "dnsmasq" in self._comm(), "dnsmasq runs")

    def stop_dnsmasq(self) -> None:
        """End the DHCP server; its namespace stays."""
        assert self._dnsmasq is not None
        self._dnsmasq.kill()
        self._dnsmasq.wait()

    def delete(self) -> None:
        """Remove all of it."""
        self.stop_dnsmasq()
        for port, prefix in ((INSIDE, "qr-"), (GATEWAY, "qg-"), (DHCP, "ns-")):
            self.host.ask("unplug_service", device_name=f"{prefix}{port.id[:11]}", prefix=prefix)
        for namespace in (self.router, self.dhcp):
            sh("ip", "netns", "del", namespace)

    def _comm(self) -> str:
        assert self._dnsmasq is not None
        return Path(f"/proc/{self._dnsmasq.pid}/comm").read_text()

    def _plug(self, port: Port, prefix: str, namespace: str, network: str, mtu: int) -> None:
        device = f"{prefix}{port.id[:11]}"
        self.host.ask(
            "plug_service", network_id=network, port_id=port.id, device_name=device, prefix=prefix,
            mac_address=port.mac, namespace=namespace, mtu=mtu,
        )  # fmt: skip
        sh("ip", "-n", namespace, "address", "add", f"{port.addresses[0]}/24", "dev", device)
        self.host.ask("trust", device=port.tap)
        segment: dict[str, Any] = FLAT if network == OUTSIDE else dict(VXLAN)
        assert self.host.ask("plug", network=network, device=port.tap, **segment)


def explained(cloud: Cloud, hosts: list[Host]) -> list[Hop]:
    """Return the way as CLOUD and the HOSTS tell it."""
    asked = questions(cloud)
    answers: Answers = {
        host.name: host.ask("facts", question=asked[host.name].as_dict())
        for host in hosts
        if host.name in asked
    }
    return way(cloud, answers)

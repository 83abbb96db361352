"""What is sent to a host's VXLAN port from elsewhere than the network between the hosts gets into no network."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from frames import received, send, wire
from hosts import VNI, Namespace, Server, eventually
from networking_linuxbridge import nft, protection
from scapy.layers.inet import IP, UDP, fragment
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.layers.vxlan import VXLAN
from scapy.packet import Packet, Raw

PORT = 4789
DEVICE = f"vxlan-{VNI}"


def device(namespace: Namespace, name: str, file: str) -> str:
    """Return what the kernel says of a device."""
    return namespace.run("cat", f"/sys/class/net/{name}/{file}").stdout.strip()


def cable(one: Namespace, name: str, other: Namespace) -> None:
    """Join the device of a namespace to eth0 of another."""
    one.ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", other.name)
    one.ip("link", "set", name, "up")
    other.ip("link", "set", "eth0", "up")


def tunnelled(server_mac: str, server_address: str, mark: bytes) -> Packet:
    """Return what VXLAN carries to a server."""
    inner = Ether(src="fa:16:3e:00:00:66", dst=server_mac) / IP(src="192.168.35.66", dst=server_address)
    return VXLAN(vni=VNI, flags="Instance") / inner / UDP(sport=4000, dport=4000) / Raw(mark)


def whole(packet: Packet) -> list[Packet]:
    return [packet]


def in_fragments(packet: Packet) -> list[Packet]:
    return list(fragment(packet, 48))


@pytest.fixture
def outsider(servers: list[Server]) -> Iterator[Namespace]:
    """Somebody on the external network of the first host, as are the routers of its servers."""
    host, made = servers[0].host, Namespace("outsider")
    cable(host, "outside", made)
    host.ip("link", "set", "outside", "master", "br-ex")
    yield made
    made.delete()
    eventually(lambda: not host.has("outside"), "the cable is gone")


@pytest.mark.parametrize("parts", [whole, in_fragments])
@pytest.mark.parametrize("address", ["192.0.2.1", "10.99.0.1"])
def test_nobody_outside_gets_into_a_network(
    servers: list[Server], outsider: Namespace, address: str, parts: Callable[[Packet], list[Packet]]
):
    """While the tunnel from another host goes on."""
    first, second, _ = servers
    ether = Ether(src=device(outsider, "eth0", "address"), dst=device(first.host, "br-ex", "address"))
    outer = IP(src="192.0.2.66", dst=address) / UDP(sport=5000, dport=PORT, chksum=0)
    honest = IP(src=second.address, dst=first.address) / UDP(sport=4000, dport=4000) / Raw(b"honest")
    with wire(first) as ear, wire(outsider) as mouth, wire(second) as peer:
        send(mouth, [ether / part for part in parts(outer / tunnelled(first.mac, first.address, b"forged"))])
        send(peer, [Ether(src=second.mac, dst=first.mac) / honest])
        assert not [frame for frame in received(ear, last=b"honest") if b"forged" in frame]


class Endpoint(Namespace):
    """A host that has rules and no agent, and who sends to it: from FAR to the device "near"."""

    def __init__(self, rules: Path) -> None:
        super().__init__("endpoint")
        self.far = Namespace("far")
        self.rules = rules
        cable(self, "near", self.far)
        self.ip("link", "add", "other", "up", "type", "bridge")

    def listen(self, local_ip: str) -> None:
        """Have a VXLAN device and the rules, with the host's address."""
        self.ip("link", "add", DEVICE, "up", "type", "vxlan", "id", str(VNI), "local", local_ip,
                "dstport", str(PORT), "nolearning")  # fmt: skip
        protection.establish([], local_ip, PORT)

    def apply(self, rules: str) -> None:
        """Put rules in force, as `nft.apply` does where it is."""
        self.rules.write_text(rules)
        self.run("nft", "--file", str(self.rules))

    def takes(self, address: str) -> bool:
        """Tell whether what is sent to an address gets out of the tunnel; else it is dropped."""
        ip = IPv6(src="fd00:98::2", dst=address) if ":" in address else IP(src="10.98.0.2", dst=address)
        ether = Ether(src="fa:16:3e:00:00:98", dst=device(self, "near", "address"))
        inner = tunnelled("ff:ff:ff:ff:ff:ff", "192.168.35.1", b"")
        taken, dropped = self._taken(), self._dropped()
        with wire(self.far) as mouth:
            send(mouth, [ether / ip / UDP(sport=5000, dport=PORT) / inner])
        eventually(lambda: (self._taken(), self._dropped()) != (taken, dropped), "it comes to the host")
        return self._taken() > taken

    def delete(self) -> None:
        """Remove both ends."""
        super().delete()
        self.far.delete()

    def _taken(self) -> int:
        return int(device(self, DEVICE, "statistics/rx_packets"))

    def _dropped(self) -> int:
        rules = self.run("nft", "list", "chain", "inet", "linuxbridge", "to_host").stdout
        return sum(map(int, re.findall(r"packets (\d+)", rules)))


@pytest.fixture
def endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    made = Endpoint(tmp_path / "rules")
    monkeypatch.setattr(nft, "apply", made.apply)
    monkeypatch.setattr(nft, "devices_in", lambda *_: None)
    yield made
    made.delete()


IPV4, IPV6 = "10.98.0.1", "fd00:98::1"


@pytest.mark.parametrize("address", [IPV4, IPV6])
def test_the_hosts_address_is_reached_by_the_device_that_has_it(endpoint: Endpoint, address: str):
    """Whichever that is by now."""
    prefixed = f"{address}/{64 if ':' in address else 24}"
    optimistic = ["nodad"] if ":" in address else []
    endpoint.ip("address", "add", prefixed, "dev", "other", *optimistic)
    endpoint.listen(address)
    assert not endpoint.takes(address)
    endpoint.ip("address", "delete", prefixed, "dev", "other")
    endpoint.ip("address", "add", prefixed, "dev", "near", *optimistic)
    assert endpoint.takes(address)


def test_the_address_may_be_on_a_bridge_that_the_device_is_in(endpoint: Endpoint):
    mac = device(endpoint, "near", "address")
    endpoint.ip("link", "add", "above", "up", "address", mac, "type", "bridge", "forward_delay", "0")
    endpoint.ip("link", "set", "near", "master", "above")
    endpoint.ip("address", "add", f"{IPV4}/24", "dev", "above")
    endpoint.listen(IPV4)
    assert endpoint.takes(IPV4)


def test_other_addresses_of_the_device_are_not_the_hosts(endpoint: Endpoint):
    endpoint.ip("address", "add", f"{IPV4}/24", "dev", "near")
    endpoint.ip("address", "add", "10.98.0.9/24", "dev", "near")
    endpoint.listen(IPV4)
    assert not endpoint.takes("10.98.0.9")
    assert endpoint.takes(IPV4)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.97.0.1"])
def test_a_host_alone_takes_nothing_from_anywhere(endpoint: Endpoint, address: str):
    if address != "127.0.0.1":
        endpoint.ip("address", "add", f"{address}/32", "dev", "lo")
    endpoint.ip("address", "add", f"{IPV4}/24", "dev", "near")
    endpoint.listen(address)
    assert not endpoint.takes(IPV4)
    if address != "127.0.0.1":  # that one from elsewhere is refused by the kernel
        assert not endpoint.takes(address)

"""What a project has in the cloud: networks, ports, security groups; and servers, with Nova's part played."""

import time
from typing import Any

import requests
from hosts import eventually

from server.spaces import Namespace, Node

PROJECT = "11111111111111111111111111111111"
SECONDS_TO_WIRE = 120


class Neutron:
    """Neutron's API, as an administrator uses it."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/v2.0"
        self._session = requests.Session()

    def create(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Create something of a kind, such as "security_group_rule"."""
        return self._ask("POST", kind, "", json={kind: {"project_id": PROJECT, **fields}})[kind]

    def update(self, kind: str, identifier: str, **fields: Any) -> dict[str, Any]:
        """Change something."""
        return self._ask("PUT", kind, f"/{identifier}", json={kind: fields})[kind]

    def get(self, kind: str, identifier: str) -> dict[str, Any]:
        """Return something."""
        return self._ask("GET", kind, f"/{identifier}")[kind]

    def list(self, kind: str, **filters: str) -> list[dict[str, Any]]:
        """Return all of a kind."""
        return self._ask("GET", kind, "", params=filters)[f"{kind}s"]

    def delete(self, kind: str, identifier: str) -> None:
        """Delete something."""
        self._ask("DELETE", kind, f"/{identifier}")

    def act(self, kind: str, identifier: str, action: str, **fields: Any) -> dict[str, Any]:
        """Do something with something, such as "add_router_interface"."""
        return self._ask("PUT", kind, f"/{identifier}/{action}", json=fields)

    def _ask(self, method: str, kind: str, rest: str, **request: Any) -> dict[str, Any]:
        path = f"{self.url}/{kind.replace('_', '-')}s{rest}"
        answer = self._session.request(method, path, timeout=60, **request)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else {}


class Network:
    """A VXLAN network with an IPv4 and an IPv6 subnet, 10.N.0.0/16 and fd00:N::/64, without DHCP."""

    def __init__(self, neutron: Neutron, number: int) -> None:
        self.neutron = neutron
        self.id = neutron.create("network", name=f"network{number}")["id"]
        self.subnet = self._add_subnet(4, f"10.{number}.0.0/16", f"10.{number}.0.1")
        self.subnet6 = self._add_subnet(6, f"fd00:{number}::/64", f"fd00:{number}::1")

    def _add_subnet(self, version: int, cidr: str, gateway: str) -> str:
        fields = {"network_id": self.id, "enable_dhcp": False, "gateway_ip": gateway}
        return self.neutron.create("subnet", ip_version=version, cidr=cidr, **fields)["id"]

    def delete(self) -> None:
        """Delete the network."""
        self.neutron.delete("network", self.id)


class Server(Namespace):
    """A server: a namespace behind the device of its port, made as Nova makes it."""

    def __init__(self, neutron: Neutron, node: Node, network: Network, groups: list[str]) -> None:
        self.neutron, self.node = neutron, node
        self.port = neutron.create(
            "port",
            network_id=network.id,
            device_owner="compute:nova",
            security_groups=groups,
            **{"binding:host_id": node.name},
        )
        assert self.port["binding:vif_type"] == "tap", self.port
        self.tap = f"tap{self.port['id'][:11]}"
        self.mac = self.port["mac_address"]
        super().__init__(self.port["id"][:11])
        self.is_there = True
        self.addresses = [ip["ip_address"] for ip in self.port["fixed_ips"]]
        self.address, self.address6 = sorted(self.addresses, key=lambda address: ":" in address)

    def plug(self, mtu: int = 1450) -> float:
        """Make the device. Returns when that began."""
        began = time.monotonic()
        peer = ["peer", "name", "eth0", "address", self.mac, "mtu", str(mtu), "netns", self.name]
        self.node.ip("link", "add", self.tap, "mtu", str(mtu), "type", "veth", *peer)
        self.ip("link", "set", "eth0", "up")
        self.ip("addr", "add", f"{self.address}/16", "dev", "eth0")
        self.ip("addr", "add", f"{self.address6}/64", "dev", "eth0", "nodad")
        self.node.ip("link", "set", self.tap, "up")
        return began

    def is_active(self) -> bool:
        """Tell whether neutron says that the port is wired."""
        return self.neutron.get("port", self.port["id"])["status"] == "ACTIVE"

    def await_active(self, seconds: float = SECONDS_TO_WIRE) -> None:
        """Return once neutron says that the port is wired, as Nova does before the server runs."""
        eventually(self.is_active, f"port {self.port['id']} on {self.node.name} is ACTIVE", seconds)

    def pings(self, address: str, *options: str) -> bool:
        """Tell whether an address answers one ping."""
        return self.run("ping", "-c1", "-W3", *options, address, check=False).returncode == 0

    def unplug(self) -> None:
        """Have no device."""
        if self.node.has(self.tap):
            self.node.ip("link", "del", self.tap)

    def delete(self) -> None:
        """Remove the server, as Nova does: first the device, then the port."""
        if self.is_there:
            self.is_there = False
            self.unplug()
            super().delete()
            self.neutron.delete("port", self.port["id"])

"""What a cloud gives its servers, in a network namespace: DHCP, router advertisements, metadata."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Port:
    """A server's port: its tap device, and the addresses that the cloud gives it."""

    tap: str
    mac: str
    ipv4: str
    ipv6: str


# The first port's network has SLAAC, the second's DHCPv6.
SLAAC_PORT = Port("tap0", "fa:16:3e:00:00:07", "192.168.35.7", "fd00:35::f816:3eff:fe00:7")
DHCPV6_PORT = Port("tap1", "fa:16:3e:00:00:08", "192.168.36.7", "fd00:36::7")
MTU = 1442

NETWORKS = """
ip link set dev lo up
for network in 0:35 1:36; do
    tap=tap${network%:*}
    ip tuntap add "$tap" mode tap
    ip address add "192.168.${network#*:}.1/24" dev "$tap"
    ip address add "fd00:${network#*:}::1/64" dev "$tap" nodad
    ip link set "$tap" up
done
ip address add 169.254.169.254/32 dev tap0
"""
DNSMASQ = f"""
dnsmasq --keep-in-foreground --conf-file=/dev/null --pid-file= --leasefile-ro
--interface=tap* --bind-dynamic --no-ping --no-resolv --no-hosts --enable-ra
--domain=cloud.test --host-record=neighbour.cloud.test,192.168.35.1
--dhcp-range=192.168.35.0,static --dhcp-range=fd00:35::,ra-only,64
--dhcp-range=192.168.36.0,static --dhcp-range=fd00:36::,static,64
--dhcp-host={SLAAC_PORT.mac},{SLAAC_PORT.ipv4}
--dhcp-host={DHCPV6_PORT.mac},{DHCPV6_PORT.ipv4},[{DHCPV6_PORT.ipv6}]
--dhcp-option=option:mtu,{MTU}
--dhcp-option=tap0,option:classless-static-route,169.254.169.254/32,192.168.35.1,0.0.0.0/0,192.168.35.1
--dhcp-option=tap1,option:router
"""


class CloudNetwork:
    """A network namespace with two networks, their DHCP servers and a metadata service."""

    def __init__(self, scratch: Path) -> None:
        self._documents = scratch / "metadata"
        self._documents.mkdir()
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo; exec cat"], stdin=-1, stdout=-1
        )
        assert self._holder.stdout
        self._holder.stdout.readline()
        self.run("sh", "-euc", NETWORKS)
        self._servers = [
            self.start(DNSMASQ.split(), scratch / "dnsmasq.log"),
            self.start(
                [
                    "python3",
                    "-m",
                    "http.server",
                    "--bind=169.254.169.254",
                    f"--directory={self._documents}",
                    "80",
                ],
                scratch / "metadata.log",
            ),
        ]

    def describe(self, metadata: dict[str, Any], networks: Sequence[str], user_data: str) -> None:
        """Let the metadata service tell this of the server; NETWORKS are types like `ipv4_dhcp`."""
        write_documents(self._documents, metadata, networks, user_data)

    def inside(self, command: Sequence[str]) -> list[str]:
        """COMMAND as it has to be called to run in the namespace."""
        return ["nsenter", f"--target={self._holder.pid}", "--net", *command]

    def start(self, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        """COMMAND running in the namespace, its output in LOG."""
        with log.open("wb") as output:
            return subprocess.Popen(self.inside(command), stdout=output, stderr=subprocess.STDOUT)

    def run(self, *command: str) -> str:
        """What COMMAND prints in the namespace; raises CalledProcessError when it fails."""
        return subprocess.run(self.inside(command), check=True, capture_output=True, text=True).stdout

    def close(self) -> None:
        """End all that runs in the namespace, which ends with it."""
        for process in [*self._servers, self._holder]:
            process.kill()
            process.communicate()


def write_documents(
    directory: Path, metadata: dict[str, Any], networks: Sequence[str], user_data: str
) -> None:
    """Lay out DIRECTORY like a config drive and like the tree of the metadata service."""
    latest = directory / "openstack" / "latest"
    latest.mkdir(parents=True, exist_ok=True)
    (latest / "meta_data.json").write_text(json.dumps(metadata))
    (latest / "network_data.json").write_text(json.dumps({"networks": [{"type": kind} for kind in networks]}))
    (latest / "user_data").write_text(user_data)

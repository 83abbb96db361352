"""Hosts, servers and the network between the hosts, as network namespaces."""

import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flow import Flow

SECONDS_TO_ANSWER = 30
SECONDS_TO_START = 120
AGENT_OPTIONS = ("-W", "ignore", "-X", "faulthandler")
NODE_PROGRAM = Path(__file__).with_name("node.py")


def sh(*command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command; with CHECK, its failure fails the test with what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def eventually(true: Callable[[], bool], what: str, seconds: float = 10, pause: float = 0.05) -> None:
    """Wait until something is true, and fail if it does not get so in time. Looks again after each pause."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(pause)


class Namespace:
    """A network namespace with its loopback device up."""

    prefix = "lbtest"

    def __init__(self, name: str) -> None:
        self.name = f"{self.prefix}-{name}"
        sh("ip", "netns", "add", self.name)
        self.ip("link", "set", "lo", "up")

    def ip(self, *arguments: str) -> str:
        """Run `ip` in the namespace."""
        return sh("ip", "-n", self.name, *arguments).stdout

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the namespace."""
        return sh("ip", "netns", "exec", self.name, *command, check=check)

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start a command in the namespace and go on; its output is kept."""
        in_namespace = ["ip", "netns", "exec", self.name, *command]
        return subprocess.Popen(in_namespace, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def flow(self, address: str) -> Flow:
        """Start a hundred pings a second to an address."""
        return Flow(self.start("ping", "-q", "-i", "0.01", address))

    def has(self, device: str) -> bool:
        """Tell whether a device is in the namespace."""
        return sh("ip", "-n", self.name, "link", "show", device, check=False).returncode == 0

    def delete(self) -> None:
        """Remove the namespace with all that is in it."""
        sh("ip", "netns", "del", self.name)


class Host(Namespace):
    """A host of the underlay, with the code of the agent running in it."""

    def __init__(self, number: int, switch: Namespace) -> None:
        super().__init__(f"host{number}")
        self.address = f"10.99.0.{number}"
        self.agent: subprocess.Popen[str] | None = None
        switch.ip("link", "add", f"port{number}", "type", "veth", "peer", "name", "eth0", "netns", self.name)
        switch.ip("link", "set", f"port{number}", "master", "switch", "up")
        self.ip("addr", "add", f"{self.address}/24", "dev", "eth0")
        self.ip("link", "set", "eth0", "up")
        self.ip("link", "add", "br-ex", "type", "bridge")
        self.ip("addr", "add", "192.0.2.1/24", "dev", "br-ex")
        self.ip("link", "set", "br-ex", "up")
        # As Docker leaves it, and with bridged frames unfiltered unless the agent sees to it.
        self.run("iptables", "-P", "FORWARD", "DROP")
        self.run("ip6tables", "-P", "FORWARD", "DROP")
        for table in ("iptables", "ip6tables"):
            self.run("sysctl", "-qw", f"net.bridge.bridge-nf-call-{table}=0")

    def start_agent(self) -> None:
        """Start the agent's code; `wait_for_agent` returns once it answers."""
        settings = {
            "host": self.name,
            "local_ip": self.address,
            "bridges": {"outside": "br-ex"},
            "interfaces": {"underlay": "eth0", "rack": "eth1"},
        }
        command = ["ip", "netns", "exec", self.name, sys.executable, *AGENT_OPTIONS, str(NODE_PROGRAM)]
        self.agent = subprocess.Popen(
            [*command, json.dumps(settings)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def wait_for_agent(self) -> None:
        """Return once the agent's code answers."""
        assert self._answer(SECONDS_TO_START) == "ready"

    def ask(self, function: str, **arguments: Any) -> Any:
        """Call a function of `node.Node` on this host."""
        assert self.agent is not None
        assert self.agent.stdin is not None
        self.agent.stdin.write(json.dumps([function, arguments]) + "\n")
        self.agent.stdin.flush()
        return self._answer()

    def kill_agent(self) -> None:
        """Kill the agent's code as a power cut would."""
        assert self.agent is not None
        self.agent.kill()
        self.agent.communicate()

    def _answer(self, seconds: float = SECONDS_TO_ANSWER) -> Any:
        assert self.agent is not None
        assert self.agent.stdout is not None
        answered, _, _ = select.select([self.agent.stdout], [], [], seconds)
        if not answered:
            self.agent.send_signal(signal.SIGABRT)  # its stacks go to stderr
            raise AssertionError(f"{self.name}: no answer within {seconds} s")
        line = self.agent.stdout.readline()
        assert line, f"{self.name}: the agent's code ended with exit code {self.agent.wait()}"
        answer = json.loads(line)
        if isinstance(answer, dict) and "failed" in answer:
            raise AssertionError(f"{self.name}: {answer['failed']}")
        return answer


class Server(Namespace):
    """A server on a host: a namespace behind a device named like the tap that Nova makes."""

    def __init__(self, name: str, number: int, host: Host, mtu: int = 1450) -> None:
        super().__init__(name)
        self.host = host
        self.mac = f"fa:16:3e:00:00:{number:02x}"
        self.address = f"192.168.35.{number}"
        self.address6 = f"fd00:35::{number:x}"
        self.tap = f"tap{number:08x}-00"
        host.ip("link", "add", self.tap, "mtu", str(mtu), "type", "veth",
                "peer", "name", "eth0", "address", self.mac, "mtu", str(mtu), "netns", self.name)  # fmt: skip
        host.ip("link", "set", self.tap, "up")
        self.ip("addr", "add", f"{self.address}/24", "dev", "eth0")
        self.ip("addr", "add", f"{self.address6}/64", "dev", "eth0", "nodad")
        self.ip("link", "set", "eth0", "up")

    def delete(self) -> None:
        """Remove the server; its devices go a moment after its namespace."""
        super().delete()
        eventually(lambda: not self.host.has(self.tap), f"{self.tap} is gone")

    def pings(self, address: str, *options: str) -> bool:
        """Tell whether an address answers one ping within a second."""
        return self.run("ping", "-c1", "-W1", *options, address, check=False).returncode == 0

    @property
    def port(self) -> dict[str, Any]:
        """The port, as neutron's server describes it to the firewall."""
        return {
            "device": self.tap,
            "network_id": NETWORK,
            "mac_address": self.mac,
            "fixed_ips": [self.address, self.address6],
            "allowed_address_pairs": [],
            "security_groups": ["group"],
            "security_group_source_groups": [],
            "device_owner": "compute:test",
            "port_security_enabled": True,
        }


def remove_leftovers() -> None:
    """Remove the namespaces of a run that was killed."""
    for line in sh("ip", "netns", "list").stdout.splitlines():
        name = line.split()[0]
        if name.startswith((f"{Namespace.prefix}-", "qrouter-5eed0000", "qdhcp-d70a605f")):
            sh("ip", "netns", "del", name)


NETWORK = "d70a605f-82ff-4962-8a51-98abd4946767"
BRIDGE = "brqd70a605f-82"
VNI = 1443
VXLAN = {"network_type": "vxlan", "segmentation_id": VNI}
EVERYBODY = ["00:00:00:00:00:00", "0.0.0.0"]
ALLOW_ALL = [
    {"direction": direction, "ethertype": version}
    for direction in ("ingress", "egress")
    for version in ("IPv4", "IPv6")
]


def announce(server: Server, hosts: list[Host]) -> None:
    """Tell the other hosts where a server is, as l2population does."""
    for host in hosts:
        host.ask("add", vni=VNI, network=NETWORK, ports={server.host.address: [EVERYBODY, [server.mac, server.address]]})

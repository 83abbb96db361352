"""Throughput and latency between two servers on two hosts, beside the kernel's plain path, as Markdown.

The plain path is the same without the agent: two namespaces, a bridge and a VXLAN device each, no rules. All
are measured in turn, round by round, and compared within the round, as what else the machine does hits all.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import hosts
from hosts import ALLOW_ALL, NETWORK, VXLAN, Host, Namespace, Server, announce

RULES = (0, 10, 100)
PLAIN = "plain"
PUMP = str(Path(__file__).with_name("pump.py"))
PORT = "5001"
PINGS = 200
GIGABIT = 10**9 / 8


class PlainHost(Namespace):
    """A host whose bridge and VXLAN device nobody looks after."""

    def __init__(self, number: int, switch: Namespace, other: str) -> None:
        super().__init__(f"plain{number}")
        self.address = f"10.99.1.{number}"
        switch.ip("link", "add", f"plain{number}", "type", "veth", "peer", "name", "eth0", "netns", self.name)
        switch.ip("link", "set", f"plain{number}", "master", "switch", "up")
        self.ip("addr", "add", f"{self.address}/24", "dev", "eth0")
        self.ip("link", "set", "eth0", "up")
        self.ip("link", "add", "bridge", "mtu", "1450", "type", "bridge", "forward_delay", "0")
        vxlan = ["type", "vxlan", "id", "7", "local", self.address, "remote", other, "dstport", "4789"]
        self.ip("link", "add", "vxlan", "mtu", "1450", *vxlan)
        for table in ("iptables", "ip6tables"):
            self.run("sysctl", "-qw", f"net.bridge.bridge-nf-call-{table}=0")
        for device in ("bridge", "vxlan"):
            self.ip("link", "set", device, "up")
        self.ip("link", "set", "vxlan", "master", "bridge")

    def plug(self, server: Server) -> None:
        """Put a server's device into the bridge."""
        self.ip("link", "set", server.tap, "master", "bridge")


Pair = tuple[Server, Server]


@contextmanager
def pairs() -> Iterator[tuple[Pair, Pair]]:
    """Two servers on hosts with the agent's code, and two on hosts without."""
    hosts.PREFIX = "lbbench"
    hosts.remove_leftovers()
    switch = Namespace("switch")
    switch.ip("link", "add", "switch", "type", "bridge", "forward_delay", "0")
    switch.ip("link", "set", "switch", "up")
    wired_hosts = [Host(number, switch) for number in (1, 2)]
    try:
        for host in wired_hosts:
            host.start_agent()
        for host in wired_hosts:
            host.wait_for_agent()
        plain_hosts = [PlainHost(1, switch, "10.99.1.2"), PlainHost(2, switch, "10.99.1.1")]
        plain = [Server(f"plain-server{n}", n, host) for n, host in enumerate(plain_hosts, start=1)]
        for server, host in zip(plain, plain_hosts, strict=True):
            host.plug(server)
        wired = [Server(f"server{n}", n, host) for n, host in enumerate(wired_hosts, start=1)]
        for server in wired:
            protect(server, 0)
            server.host.ask("plug", network=NETWORK, device=server.tap, **VXLAN)
        for server in wired:
            announce(server, wired_hosts)
        yield (plain[0], plain[1]), (wired[0], wired[1])
    finally:
        for host in wired_hosts:
            host.kill_agent()
        hosts.remove_leftovers()


def protect(server: Server, others: int) -> None:
    """Let all in by the last of the rules; OTHERS before it match nothing that is sent."""
    unused = [
        {"direction": "ingress", "ethertype": "IPv4", "protocol": "tcp", "source_ip_prefix": "203.0.113.0/24",
         "port_range_min": port, "port_range_max": port}
        for port in range(1, others + 1)
    ]  # fmt: skip
    server.host.ask("protect", port=server.port, rules=[*unused, *ALLOW_ALL])


def throughput(sender: Server, receiver: Server, seconds: float) -> float:
    """TCP from one server to the other, in bytes per second."""
    sink = receiver.start(sys.executable, PUMP, "receive", PORT)
    assert sink.stdout
    assert sink.stdout.readline() == "ready\n"
    sender.run(sys.executable, PUMP, "send", receiver.address, PORT, str(seconds))
    return float(sink.communicate()[0])


def round_trip(sender: Server, receiver: Server) -> float:
    """How long an answer takes, in microseconds: the mean of many."""
    said = sender.run("ping", "-q", "-c", str(PINGS), "-i", "0.002", receiver.address).stdout
    found = re.search(r"= [\d.]+/([\d.]+)/", said)
    assert found, said
    return float(found[1]) * 1000


def measure(rounds: int, seconds: float) -> dict[str | int, list[tuple[float, float]]]:
    """Throughput and round trip of each path, round by round."""
    with pairs() as (plain, wired):
        found: dict[str | int, list[tuple[float, float]]] = {PLAIN: [], **{count: [] for count in RULES}}
        for _ in range(rounds):
            for path, values in found.items():
                pair = plain if path == PLAIN else wired
                if path != PLAIN:
                    for server in pair:
                        protect(server, int(path))
                values.append((throughput(*pair, seconds), round_trip(*pair)))
        return found


def table(found: dict[str | int, list[tuple[float, float]]]) -> str:
    """What was measured: medians, and of the ratios to the plain path in the same round."""
    lines = ["| rules | TCP | of the plain path | round trip | of the plain path |", "|---|---|---|---|---|"]
    for path, values in found.items():
        ratios = [
            (rate / plain_rate, trip / plain_trip)
            for (rate, trip), (plain_rate, plain_trip) in zip(values, found[PLAIN], strict=True)
        ]
        rates, trips = zip(*values, strict=True)
        of_rates, of_trips = zip(*ratios, strict=True)
        lines.append(
            f"| {path} | {median(rates) / GIGABIT:.1f} Gbit/s | {median(of_rates):.2f} "
            f"({min(of_rates):.2f} to {max(of_rates):.2f}) | {median(trips):.0f} µs "
            f"| {median(of_trips):.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="tests/tox.sh -e networking-bench --", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=2.0, help="of TCP on each path in each round")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("refused: network namespaces need root; run it as root")
    sys.stdout.write(table(measure(options.rounds, options.seconds)) + "\n")


if __name__ == "__main__":
    main()

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
from typing import NamedTuple

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
    Namespace.prefix = "lbbench"
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


class Result(NamedTuple):
    """Of one path in one round."""

    rate: float  # TCP, bytes per second
    cost: float  # of the processor, nanoseconds per byte; of both servers, in whose time the way is gone
    trip: float  # there and back, microseconds


def stream(sender: Server, receiver: Server, seconds: float) -> tuple[float, float]:
    """Send TCP from one server to the other: the rate, and what it costs."""
    sink = receiver.start(sys.executable, PUMP, "receive", PORT)
    assert sink.stdout
    assert sink.stdout.readline() == "ready\n"
    sent = sender.run(sys.executable, PUMP, "send", receiver.address, PORT, str(seconds)).stdout
    counted, processor = sink.communicate()[0].splitlines()
    received, took = map(float, counted.split())
    return received / took, (float(processor) + float(sent)) / received * 10**9


def round_trip(sender: Server, receiver: Server) -> float:
    """How long an answer takes, in microseconds: the mean of many."""
    said = sender.run("ping", "-q", "-c", str(PINGS), "-i", "0.002", receiver.address).stdout
    found = re.search(r"= [\d.]+/([\d.]+)/", said)
    assert found, said
    return float(found[1]) * 1000


def measure(rounds: int, seconds: float) -> dict[str | int, list[Result]]:
    """Measure each path, round by round."""
    with pairs() as (plain, wired):
        found: dict[str | int, list[Result]] = {PLAIN: [], **{count: [] for count in RULES}}
        for _ in range(rounds):
            for path, values in found.items():
                pair = plain if path == PLAIN else wired
                if path != PLAIN:
                    for server in pair:
                        protect(server, int(path))
                values.append(Result(*stream(*pair, seconds), round_trip(*pair)))
        return found


def table(found: dict[str | int, list[Result]]) -> str:
    """What was measured: medians, and in brackets of the ratios to the plain path in the same round."""
    lines = ["| rules | TCP | processor | round trip |", "|---|---|---|---|"]
    for path, results in found.items():
        rate, cost, trip = (median(column) for column in zip(*results, strict=True))
        ratios = [
            [value / plain for value, plain in zip(result, beside, strict=True)]
            for result, beside in zip(results, found[PLAIN], strict=True)
        ]
        of_rate, of_cost, of_trip = (f"({median(column):.2f})" for column in zip(*ratios, strict=True))
        lines.append(
            f"| {path} | {rate / GIGABIT:.1f} Gbit/s {of_rate} | {cost * 1000:.0f} ps/byte {of_cost} "
            f"| {trip:.0f} µs {of_trip} |"
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

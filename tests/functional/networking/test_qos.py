"""Policies of neutron's QoS service: limits of what a server sends and gets, and DSCP marks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hosts import Server, eventually

PUMP = str(Path(__file__).with_name("pump.py"))
PORT = "5001"
MBIT = 1000 * 1000 / 8
LIMIT = 20  # Mbit/s
SECONDS = 2.0
MARK = 46


def policy_port(server: Server) -> dict[str, object]:
    """What neutron's agent passes to its QoS driver."""
    return {
        "device": server.tap,
        "port_id": server.tap,
        "qos_policy_id": POLICY,
        "device_owner": "compute:test",
    }


POLICY = "6d0a0d61-7d21-4a39-9e6c-5d4a2c1f3c11"


def limit(server: Server, direction: str, mbits: int) -> None:
    rule = {"direction": direction, "max_kbps": mbits * 1000, "max_burst_kbps": 1000}
    server.host.ask("apply_policy", port=policy_port(server), rules={"bandwidth_limit": [rule]})


def lift(server: Server) -> None:
    server.host.ask("apply_policy", port=policy_port(server), rules={})


def start_pump(sender: Server, receiver: Server, seconds: float) -> tuple[subprocess.Popen, subprocess.Popen]:
    sink = receiver.start(sys.executable, PUMP, "receive", PORT)
    assert sink.stdout.readline() == "ready\n"
    return sink, sender.start(sys.executable, PUMP, "send", receiver.address, PORT, str(seconds))


def rate_of(pumps: tuple[subprocess.Popen, subprocess.Popen]) -> float:
    """What the receiver measured, in Mbit/s."""
    for pump in pumps[::-1]:
        output, error = pump.communicate(timeout=60)
        assert pump.returncode == 0, error
    received, seconds = map(float, output.splitlines()[0].split())
    return received / seconds / MBIT


def rate(sender: Server, receiver: Server, seconds: float = SECONDS) -> float:
    return rate_of(start_pump(sender, receiver, seconds))


@pytest.fixture
def pair(servers):
    first, second, _ = servers
    assert first.pings(second.address)
    yield first, second
    lift(first)


@pytest.mark.parametrize("direction", ["egress", "ingress"])
def test_a_limit_holds_in_its_direction_alone(pair, direction):
    first, second = pair
    sent, got = (first, second), (second, first)
    limited, free = (sent, got) if direction == "egress" else (got, sent)
    before = rate(*limited)
    assert before > 50 * LIMIT, "too slow a machine to see the limit"
    limit(first, direction, LIMIT)
    assert 0.6 * LIMIT < rate(*limited) < 1.2 * LIMIT
    assert rate(*free) > 3 * LIMIT
    lift(first)
    assert rate(*limited) > 3 * LIMIT


@pytest.mark.parametrize("direction", ["egress", "ingress"])
def test_a_limit_changes_under_running_traffic(pair, direction):
    first, second = pair
    limit(first, direction, LIMIT)
    way = (first, second) if direction == "egress" else (second, first)
    pumps = start_pump(*way, 4)
    eventually(lambda: bytes_through(first) > LIMIT * MBIT / 2, "half a second's worth went through")
    limit(first, direction, 10 * LIMIT)
    # In between there is no limit for a moment.
    assert 2 * LIMIT < rate_of(pumps) < 20 * LIMIT


def bytes_through(server: Server) -> int:
    counters = Path(f"/sys/class/net/{server.tap}/statistics")
    return sum(int(server.host.run("cat", str(counters / name)).stdout) for name in ("rx_bytes", "tx_bytes"))


@pytest.mark.parametrize("direction", ["egress", "ingress"])
def test_setting_and_lifting_a_limit_loses_next_to_nothing(pair, direction):
    """What is under way in the moment in which the kernel puts another queue there is lost."""
    first, second = pair
    flood = first.start("ping", "-c", "150", "-i", "0.01", second.address)
    changes = 0
    while flood.poll() is None:
        limit(first, direction, LIMIT)
        lift(first)
        changes += 2
    sent, received = map(int, re.findall(r"(\d+) (?:packets transmitted|received)", flood.communicate()[0]))
    assert changes > 10
    assert sent - received <= changes


def test_the_smallest_burst_lets_large_frames_pass(pair):
    first, second = pair
    for direction in ("egress", "ingress"):
        rule = {"direction": direction, "max_kbps": 1000, "max_burst_kbps": 1}
        first.host.ask("apply_policy", port=policy_port(first), rules={"bandwidth_limit": [rule]})
        assert first.pings(second.address, "-M", "do", "-s", str(1450 - 28))


@pytest.mark.parametrize("kbps", [1, 2**31 - 1])
def test_any_limit_that_neutron_takes_is_taken(pair, kbps):
    first, _ = pair
    rules = [{"direction": way, "max_kbps": kbps, "max_burst_kbps": 0} for way in ("egress", "ingress")]
    first.host.ask("apply_policy", port=policy_port(first), rules={"bandwidth_limit": rules})
    for device in (first.tap, first.tap.replace("tap", "ifb")):
        assert "qdisc tbf" in first.host.run("tc", "qdisc", "show", "dev", device).stdout


def test_nothing_is_left_of_a_limit_that_was_lifted(pair):
    first, _ = pair
    limit(first, "egress", LIMIT)
    assert first.host.has(first.tap.replace("tap", "ifb"))
    lift(first)
    assert not first.host.has(first.tap.replace("tap", "ifb"))
    assert "tbf" not in first.host.run("tc", "qdisc").stdout
    assert "ingress" not in first.host.run("tc", "qdisc").stdout


def test_the_queue_that_somebody_else_put_at_a_tap_stays(pair):
    """Nova's flavors may have libvirt limit taps (quota:vif_...)."""
    first, _ = pair
    first.host.run("tc", "qdisc", "add", "dev", first.tap, "root", "handle", "1:", "htb")
    first.host.run("tc", "qdisc", "add", "dev", first.tap, "ingress")
    lift(first)
    found = first.host.run("tc", "qdisc", "show", "dev", first.tap).stdout
    assert "htb 1:" in found
    assert "ingress" in found


def test_what_a_killed_agent_left_of_a_port_that_is_gone_is_removed(underlay):
    host = underlay[0]
    server = Server("limited", 7, host)
    limit(server, "egress", LIMIT)
    mark(server, MARK)
    limit(server, "egress", LIMIT)
    host.kill_agent()
    server.delete()
    assert host.has("ifb00000007-00")
    host.start_agent()
    host.wait_for_agent()
    assert not host.has("ifb00000007-00")


def mark(server: Server, dscp: int) -> None:
    rules = {"dscp_marking": [{"dscp_mark": dscp}]}
    server.host.ask("apply_policy", port=policy_port(server), rules=rules)


def marks_seen(sender: Server, receiver: Server, address: str) -> set[int]:
    """The DSCP marks of echo requests as they arrive."""
    code = SNIFF.format(family="AF_INET6" if ":" in address else "AF_INET")
    sniffer = receiver.start(sys.executable, "-c", code)
    assert sniffer.stdout.readline() == "ready\n"
    assert sender.pings(address)
    output, error = sniffer.communicate(timeout=10)
    assert output, error
    return {int(line) for line in output.splitlines()}


SNIFF = """
import socket, struct
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
s.settimeout(3)
print("ready", flush=True)
while True:
    packet = s.recv(2000)
    if "{family}" == "AF_INET" and packet[0] >> 4 == 4 and packet[9] == 1 and packet[20] == 8:
        print(packet[1] >> 2); break
    if "{family}" == "AF_INET6" and packet[0] >> 4 == 6 and packet[6] == 58 and packet[40] == 128:
        print((struct.unpack(">H", packet[:2])[0] >> 6) & 63); break
"""


def test_packets_are_marked_until_the_rule_goes(pair):
    first, second = pair
    for dscp, seen in ((MARK, MARK), (10, 10), (None, 0)):
        if dscp is None:
            lift(first)
        else:
            mark(first, dscp)
        for address in (second.address, second.address6):
            assert marks_seen(first, second, address) == {seen}
    assert marks_seen(second, first, first.address) == {0}, "the answers' side was never marked"


def test_each_server_has_its_own_mark(servers):
    first, second, third = servers
    local = Server("local", 20, first.host)
    try:
        mark(first, MARK)
        mark(local, 8)
        listed = first.host.run("nft", "list", "table", "bridge", "linuxbridge_qos").stdout
        assert f'"{first.tap}" : jump dscp{MARK}' in listed
        assert f'"{local.tap}" : jump dscp8' in listed
        lift(local)
        assert marks_seen(first, second, second.address) == {MARK}
        assert marks_seen(third, second, second.address) == {0}
        lift(first)
        assert "linuxbridge_qos" not in first.host.run("nft", "list", "tables").stdout
    finally:
        local.delete()


def test_marks_come_back_after_a_flush(pair):
    first, second = pair
    mark(first, MARK)
    first.host.run("nft", "delete", "table", "bridge", "linuxbridge_qos")
    assert marks_seen(first, second, second.address) == {0}
    first.host.ask("restore_marks")
    assert marks_seen(first, second, second.address) == {MARK}


def test_marks_outlive_the_agent(pair):
    first, second = pair
    mark(first, MARK)
    first.host.kill_agent()
    assert marks_seen(first, second, second.address) == {MARK}
    first.host.start_agent()
    first.host.wait_for_agent()
    assert marks_seen(first, second, second.address) == {MARK}

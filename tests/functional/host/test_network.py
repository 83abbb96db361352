"""raise_network gives servers their way, changes nothing else, and lower_network leaves no trace."""

import json
from signal import SIGKILL

import pytest

from tests.functional.host.kills import PLACES, at_place, commands_of, killed_before
from tests.functional.host.snapshot import snapshot
from tests.unit.deploy.shell import Shell

RAISE = "load_settings; save_settings; raise_network"
LOWER = "lower_network; rm -r $STATE_DIR"
# Of several things that `ip` is to do it does the first one.
KILLED_IN_BATCH = """
[[ $1 == -batch ]] || exec /usr/sbin/ip "$@"
head -n 1 | /usr/sbin/ip -batch -
kill -KILL $PPID
"""


def test_the_external_bridge(host: Shell) -> None:
    host.output(RAISE, EXTERNAL_IP="192.168.77.1/25", EXTERNAL_BRIDGE="br-out")
    assert host.output("ip -brief -4 address show dev br-out").split()[2:] == ["192.168.77.1/25"]


def test_raised_twice_is_raised_once(host: Shell) -> None:
    host.output(RAISE)
    once = snapshot(host)
    host.output(RAISE)
    assert snapshot(host) == once


def test_lowered_is_as_before(host: Shell) -> None:
    before = snapshot(host)
    host.output(RAISE)
    assert snapshot(host) != before
    host.output(LOWER)
    assert snapshot(host) == before


def test_lowered_twice_or_without_being_raised(host: Shell) -> None:
    before = snapshot(host)
    host.output("lower_network; lower_network")
    assert snapshot(host) == before


def test_iptables_chains_that_others_filled_meanwhile_stay(host: Shell) -> None:
    host.output(RAISE)
    host.output("iptables -t mangle -A FORWARD -j ACCEPT; iptables -t raw -A PREROUTING -j ACCEPT")
    host.output("iptables -t raw -D PREROUTING -j ACCEPT")
    host.output(LOWER)
    ruleset = host.output("nft list ruleset 2>/dev/null")
    assert "table ip mangle" in ruleset
    assert "table ip raw" not in ruleset


@pytest.fixture(scope="module")
def commands_to_raise(measured_host: Shell) -> int:
    """How many commands RAISE has, on a host where nothing is raised."""
    return commands_of(measured_host, RAISE)


@pytest.fixture(scope="module")
def commands_to_lower(measured_host: Shell, commands_to_raise: int) -> int:
    """How many commands there are to lower what RAISE has raised."""
    assert commands_to_raise
    return commands_of(measured_host, "lower_network")


@pytest.mark.parametrize("place", range(PLACES + 1))
def test_killed_and_run_again(host: Shell, commands_to_raise: int, place: int) -> None:
    before = snapshot(host)
    killed = host.run(killed_before(at_place(place, commands_to_raise)) + RAISE)
    assert killed.returncode == -SIGKILL
    host.output(RAISE)
    raised = snapshot(host)
    host.output(LOWER)
    assert snapshot(host) == before
    host.output(RAISE)
    assert snapshot(host) == raised


@pytest.mark.parametrize("again", [RAISE, "load_settings"])
def test_killed_before_the_bridge_has_its_alias(host: Shell, again: str) -> None:
    before = snapshot(host)
    host.fake("ip", KILLED_IN_BATCH)
    assert host.run(RAISE).returncode == -SIGKILL
    assert "dietstack-new" in host.output("our_bridges")
    (host.fakes / "ip").unlink()
    host.output(again)
    host.output(LOWER)
    assert snapshot(host) == before


@pytest.mark.parametrize("place", range(PLACES + 1))
def test_killed_while_lowered_and_lowered_again(host: Shell, commands_to_lower: int, place: int) -> None:
    before = snapshot(host)
    host.output(RAISE)
    killed = host.run(killed_before(at_place(place, commands_to_lower)) + "lower_network")
    assert killed.returncode == -SIGKILL
    host.output(LOWER)
    assert snapshot(host) == before


def test_a_compute_node_has_no_external_bridge(host: Shell) -> None:
    host.output(
        RAISE, CONTROL_NODE="false", CONTROL_NODE_DS_IP="192.168.23.11", PASSWORDS="the-control-nodes"
    )
    assert "br-ex" not in host.output("ip link; iptables-save; ip6tables-save")
    assert "-i brq+" in host.output("iptables-save")


def test_a_physical_interface_in_the_bridge_and_back(host: Shell) -> None:
    host.output("ip link add eth7 type veth peer name wire7; ip link add eth8 type veth peer name wire8")
    before = snapshot(host)
    host.output(RAISE, EXTERNAL_INTERFACE="eth7")
    address = host.output("ip -oneline link show dev eth7 | grep -o 'ether [^ ]*'").strip()
    assert address in host.output("ip -oneline link show dev br-ex")
    assert "eth7" in host.output("ip link show master br-ex up")
    host.output(RAISE, EXTERNAL_INTERFACE="eth8")
    ports = host.output("ip -brief link show master br-ex")
    assert "eth8" in ports
    assert "eth7" not in ports
    host.output(LOWER)
    assert snapshot(host) == before


def test_other_addresses_leave_the_bridge(host: Shell) -> None:
    host.output(RAISE)
    host.output("ip address add 10.44.0.1/24 dev br-ex")
    host.output(RAISE)
    assert host.output("addresses_of br-ex") == "192.168.99.1/24\n"


WORLD = """
wire() { # NAMESPACE BRIDGE ADDRESS GATEWAY: a machine at a bridge
    ip netns add $1
    ip link add name $1 type veth peer name eth0 netns $1
    ip link set dev $1 master $2 up
    ip -netns $1 address add $3 dev eth0
    ip -netns $1 link set dev eth0 up
    [[ -z ${4-} ]] || ip -netns $1 route add default via $4
}
bridge() {
    ip link add name $1 type bridge forward_delay 0 nf_call_iptables 1
    ip link set dev $1 up
}
reaches() { # NAMESPACE ADDRESS [PORT]: it refuses a connection to a port where nothing listens
    local answer
    answer=$(timeout 1 ip netns exec $1 bash -c "</dev/tcp/$2/${3-9}" 2>&1) || true
    [[ $answer == *refused* ]] && echo yes || echo no
}
"""


def test_a_server_gets_out_and_the_world_sees_the_host(host: Shell) -> None:
    host.output(RAISE)
    host.output(
        WORLD + "bridge br-lan; ip address add 10.44.0.1/24 dev br-lan;"
        "wire server br-ex 192.168.99.50/24 192.168.99.1; wire world br-lan 10.44.0.9/24"
    )
    # The world knows no way to 192.168.99.0/24: it can only answer the host.
    assert host.output(WORLD + "reaches server 10.44.0.9") == "yes\n"
    host.output("lower_rules")
    assert host.output(WORLD + "reaches server 10.44.0.9") == "no\n"


def test_a_floating_ip_is_reached_from_outside(host: Shell) -> None:
    host.output(RAISE)
    host.output(
        WORLD + "bridge br-lan; ip address add 10.44.0.1/24 dev br-lan;"
        "wire server br-ex 192.168.99.50/24 192.168.99.1; wire world br-lan 10.44.0.9/24 10.44.0.1"
    )
    assert host.output(WORLD + "reaches world 192.168.99.50") == "yes\n"


def test_bridged_frames_pass_in_our_bridges_only(host: Shell) -> None:
    host.output(RAISE)
    for bridge, a, b in (("brqdeadbeef-01", "a", "b"), ("br-others", "c", "d")):
        host.output(
            WORLD + f"bridge {bridge}; wire {a} {bridge} 10.45.0.1/24; wire {b} {bridge} 10.45.0.2/24"
        )
    assert host.output(WORLD + "reaches a 10.45.0.2") == "yes\n"
    assert host.output(WORLD + "reaches c 10.45.0.2") == "no\n"


def test_security_groups_go_first(host: Shell) -> None:
    host.output(RAISE)
    host.output(
        WORLD + "network=brqdeadbeef-01; bridge $network;"
        "wire a $network 10.45.0.1/24; wire b $network 10.45.0.2/24;"
        "iptables -I FORWARD -m physdev --physdev-out b --physdev-is-bridged -j DROP"
    )
    host.output(RAISE)
    assert host.output(WORLD + "reaches a 10.45.0.2") == "no\n"


def test_a_container_of_dockers_is_not_opened_to_servers(host: Shell) -> None:
    host.output(RAISE)
    host.output(
        WORLD + "bridge docker0; ip address add 172.17.0.1/16 dev docker0;"
        "wire server br-ex 192.168.99.50/24 192.168.99.1; wire inside docker0 172.17.0.2/16 172.17.0.1"
    )
    assert host.output(WORLD + "reaches server 172.17.0.2") == "no\n"
    assert host.output(WORLD + "reaches server 172.17.0.1") == "yes\n"


DS = """
bridge br-ds; ip address add 192.168.23.11/24 dev br-ds
wire compute br-ds 192.168.23.12/24 192.168.23.11
"""


def test_what_is_behind_the_ds_address_is_closed_to_servers(host: Shell) -> None:
    host.output(WORLD + DS)
    host.output(RAISE, DS_INTERFACE="br-ds")
    host.output(WORLD + "wire server br-ex 192.168.99.50/24 192.168.99.1; iptables -I INPUT -j ACCEPT")
    assert host.output(WORLD + "reaches server 192.168.23.11") == "yes\n"
    host.output(RAISE)
    assert host.output(WORLD + "reaches server 192.168.23.11") == "no\n"
    assert host.output(WORLD + "reaches server 192.168.99.1") == "yes\n"
    assert host.output(WORLD + "reaches compute 192.168.23.11") == "yes\n"


def test_consoles_and_libvirt_of_compute_nodes_are_closed_to_servers(host: Shell) -> None:
    host.output(WORLD + DS)
    host.output(RAISE, DS_INTERFACE="br-ds")
    host.output(WORLD + "wire server br-ex 192.168.99.50/24 192.168.99.1")
    assert host.output(WORLD + "reaches server 192.168.23.12") == "yes\n"
    for port in (5900, 8022, 16514, 49152):
        assert host.output(WORLD + f"reaches server 192.168.23.12 {port}") == "no\n"


TUNNEL = """
tunnel() { # REMOTE ADDRESS [NAMESPACE]: VXLAN network 7
    ip ${3:+-netns $3} link add name vxlan-7 type vxlan id 7 remote $1 dstport 4789
    ip ${3:+-netns $3} address add $2 dev vxlan-7
    ip ${3:+-netns $3} link set dev vxlan-7 up
}
"""


def test_servers_bring_no_frames_into_tunnels(host: Shell) -> None:
    host.output(WORLD + DS)
    host.output(RAISE, DS_INTERFACE="br-ds")
    host.output(WORLD + "wire server br-ex 192.168.99.50/24 192.168.99.1")
    host.output(TUNNEL + "tunnel 192.168.23.11 10.7.0.12/24 compute")
    host.output(TUNNEL + "tunnel 192.168.23.12 10.7.0.50/24 server")
    ping = "ping -c 1 -W 1 10.7.0.12 >/dev/null"
    host.output(f"! ip netns exec server {ping}")
    (tunnel,) = json.loads(host.output("ip -netns compute -json -stats link show dev vxlan-7"))
    assert tunnel["stats64"]["rx"]["packets"] == 0
    host.output(TUNNEL + f"tunnel 192.168.23.12 10.7.0.11/24; {ping}")


def test_mounts_reach_containers(host: Shell) -> None:
    host.output(RAISE)
    shown = host.output(
        "mkdir $STATE_DIR/mnt/volume;"
        "unshare --mount --propagation unchanged sh -c"
        " 'mount -t tmpfs of-a-container $0/mnt/volume; mount -t tmpfs of-an-agent /run/netns' $STATE_DIR;"
        "grep -o -e of-a-container -e of-an-agent /proc/self/mountinfo"
    )
    assert shown.split() == ["of-a-container", "of-an-agent"]
    host.output("lower_mounts")
    assert host.output("grep -c of-a-container /proc/self/mountinfo || true") == "0\n"


def test_somebody_elses_namespace_keeps_its_mount(host: Shell) -> None:
    host.output(RAISE)
    host.output("ip netns add others; lower_network")
    assert host.output("ip netns exec others ip -brief link show dev lo").startswith("lo ")

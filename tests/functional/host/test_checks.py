"""What is wrong with the host's links, networks or kernel is refused in one line, and nothing is changed."""

from collections.abc import Callable

import pytest

from tests.functional.host.snapshot import snapshot
from tests.unit.deploy.shell import Shell

HOST = """
ip link add name eth5 type veth peer name wire5; ip link set dev eth5 up; ip address add 10.46.0.7/24 dev eth5
ip link add name eth6 type veth peer name wire6
ip link add name br-lan type bridge
ip link add name eth7 type veth peer name wire7; ip link set dev eth7 master br-lan
until ip -oneline link show dev eth5 | grep -q 'state LOWERLAYERDOWN'; do sleep 0.01; done
"""
CHECK = """
load_settings
check_ds_interface; check_external_bridge; check_external_interface; check_external_network
"""

Refusal = Callable[..., str]


@pytest.fixture
def refusal(host: Shell) -> Refusal:
    """Look for the one line of a refusal on a host with some links, which has to stay as it is."""
    host.output(HOST)

    def of(script: str = CHECK, **settings: str) -> str:
        before = snapshot(host)
        line = host.refusal(script, **settings)
        assert snapshot(host) == before
        return line

    return of


def test_a_host_with_all_that_is_needed(host: Shell) -> None:
    host.output(HOST)
    host.output(CHECK, DS_INTERFACE="eth5", EXTERNAL_INTERFACE="eth6")
    assert host.output("load_settings; echo $DS_IP", DS_INTERFACE="eth5") == "10.46.0.7\n"


def test_ds_interface_without_address(refusal: Refusal) -> None:
    line = refusal(DS_INTERFACE="eth6")
    assert "DS_INTERFACE='eth6': has no IPv4 address; give it one" in line


@pytest.mark.parametrize("external_ip", ["10.46.0.1/24", "10.46.0.129/25", "10.0.0.1/8"])
def test_external_ip_overlaps_the_ds_network(refusal: Refusal, external_ip: str) -> None:
    line = refusal(EXTERNAL_IP=external_ip, DS_INTERFACE="eth5")
    assert f"EXTERNAL_IP='{external_ip}': overlaps the DS network 10.46.0.0/24 on eth5; choose" in line


def test_external_ip_overlaps_another_network(refusal: Refusal) -> None:
    line = refusal(EXTERNAL_IP="10.46.0.1/24")
    assert "EXTERNAL_IP='10.46.0.1/24': overlaps the network 10.46.0.0/24 of this host on eth5" in line


def test_our_own_bridge_of_an_earlier_run_is_no_overlap(host: Shell) -> None:
    host.output("load_settings; save_settings; raise_network")
    host.output(CHECK)


def test_external_ip_of_a_compute_node_is_the_control_nodes(host: Shell) -> None:
    host.output(HOST)
    host.output(
        CHECK,
        CONTROL_NODE="false",
        CONTROL_NODE_DS_IP="10.46.0.1",
        DS_INTERFACE="eth5",
        PASSWORDS="control-nodes-own",
        EXTERNAL_IP="10.46.0.1/24",
    )


@pytest.mark.parametrize(
    ("name", "value"), [("EXTERNAL_IP", "192.168.98.1/24"), ("EXTERNAL_BRIDGE", "br-new")]
)
def test_another_external_network_than_the_clouds(host: Shell, name: str, value: str) -> None:
    host.output("load_settings; save_settings; raise_network")
    before = snapshot(host)
    line = host.refusal(CHECK, **{name: value})
    assert f"{name}='{value}': this cloud was made with" in line
    assert "./destroyds.sh" in line
    assert snapshot(host) == before


def test_somebody_elses_bridge(refusal: Refusal) -> None:
    line = refusal(EXTERNAL_BRIDGE="br-lan")
    assert "EXTERNAL_BRIDGE='br-lan': an interface of that name is there and not ours" in line


def test_no_such_external_interface(refusal: Refusal) -> None:
    line = refusal(EXTERNAL_INTERFACE="eth77")
    assert "EXTERNAL_INTERFACE='eth77': there is no such interface" in line
    assert "eth5 wire6 eth6 br-lan wire7 eth7" in line


def test_an_external_interface_with_an_address(refusal: Refusal) -> None:
    line = refusal(EXTERNAL_INTERFACE="eth5")
    assert "EXTERNAL_INTERFACE='eth5': carries 10.46.0.7/24" in line


def test_an_external_interface_of_another_bridge(refusal: Refusal) -> None:
    line = refusal(EXTERNAL_INTERFACE="eth7")
    assert "EXTERNAL_INTERFACE='eth7': is a port of br-lan already" in line


def test_this_kernel_has_what_is_needed(host: Shell) -> None:
    before = snapshot(host)
    host.output("check_kernel")
    assert snapshot(host) == before


@pytest.mark.parametrize(
    ("command", "condition", "missing"),
    [
        ("ip", "[[ $* == *'type vxlan'* ]]", "VXLAN (vxlan)"),
        ("ip", "[[ $* == *'type bridge'* ]]", "bridges (bridge)"),
        ("ip", "[[ $* == *tuntap* ]]", "tap devices (tun, with /dev/net/tun)"),
        ("iptables", "[[ $* == *MASQUERADE* ]]", "masquerading (nf_tables, nft_compat, nft_masq)"),
        ("ipset", "true", "IP sets (ip_set)"),
    ],
)
def test_a_kernel_that_lacks_something(host: Shell, command: str, condition: str, missing: str) -> None:
    host.fake(command, f'{condition} && exit 2; exec /usr/sbin/{command} "$@"')
    line = host.refusal("check_kernel")
    assert f"lacks: {missing}; boot one that has it" in line


def test_all_that_a_kernel_lacks_is_named(host: Shell) -> None:
    host.fake("ip", "[[ $* == *'type v'* ]] && exit 2; exec /usr/sbin/ip \"$@\"")
    line = host.refusal("has_nfs_client() { false; }; check_kernel")
    assert "VXLAN (vxlan), virtual Ethernet pairs (veth), an NFS client (nfs, or fuse with /dev/fuse)" in line


def test_a_kernel_without_an_nfs_client(host: Shell) -> None:
    host.fake("grep", "exit 1")
    host.fake("modprobe", "exit 1")
    assert "an NFS client" in host.refusal("check_kernel")

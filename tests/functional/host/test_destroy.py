"""destroy takes all that is ours, and nothing else, wherever an earlier run of it was killed."""

from pathlib import Path
from signal import SIGKILL

import pytest

from tests.functional.host.kills import PLACES, at_place, commands_of, killed_before
from tests.functional.host.snapshot import snapshot
from tests.unit.deploy.shell import DEPLOY, Shell

SOURCES = [DEPLOY / "progress.sh", *sorted((DEPLOY / "destroy").glob("*.sh"))]
FUNCTIONS = "\n".join(f". {source}" for source in SOURCES)
DESTROY = f"{FUNCTIONS}\ncheck_everything_can_be_removed {{keep}}\ndestroy {{keep}}"
# In the one process that is killed: what shows a step while it runs is another one.
ALL = "check_everything_can_be_removed false\ndestroy false"
IN_ONE_PROCESS = f'{FUNCTIONS}\nstep() {{ shift; "$@"; }}'

SOMEBODY_ELSES = """
ip link add name br-ex2 type bridge; ip link add name brqlan type bridge
ip tuntap add dev tap0 mode tap; ip tuntap add dev tapestry mode tap; ip link add name ifb-lan type ifb
ip link add name vxlan-7 type vxlan id 7 dstport 4789
ip link add name vxlan-lan type vxlan id 8 dstport 4789 nolearning
ip link add name vxlan-9 type vxlan id 9 dstport 4789 nolearning; ip link set dev vxlan-9 master brqlan
ip netns add qrouter-mine; ip netns add others
iptables -N neutrons; iptables -A neutrons -j ACCEPT; iptables -A FORWARD -j neutrons
nft add table inet mine; nft add chain inet mine neutron-like; nft add table bridge linuxbridges
ipset create NIPv4-of-mine hash:net
mkdir -p /srv/others; mount -t tmpfs of-others /srv/others
"""

# As the agents name and nest it, the L2 agent having been killed in the midst of its work.
NEUTRON = """
port=0a1b2c3d-4e network=5f6a7b8c-9d
router=qrouter-11111111-2222-3333-4444-555555555555
ip netns add $router; ip netns add qdhcp-$(cat /proc/sys/kernel/random/uuid)
ip link add name brq$network type bridge
ip link add name vxlan-1001 type vxlan id 1001 dstport 8472 nolearning
ip link add name vxlan-1002 type vxlan id 1002 dstport 8472 nolearning
ip link set dev vxlan-1001 master brq$network
ip link add name tap$port type veth peer name qr-$port netns $router
ip link set dev tap$port master brq$network
ip tuntap add dev tap99999999-ff mode tap
ip link add name ifb$port type ifb
ipset create NIPv4aaaaaaaa-bbbb-cccc-dddd- hash:net
ipset create NIPv6aaaaaaaa-bbbb-cccc-dddd- hash:net family inet6
for iptables in iptables ip6tables; do
    for chain in filter-top linuxbri-FORWARD linuxbri-sg-chain; do $iptables -N neutron-$chain; done
    $iptables -I FORWARD -j neutron-linuxbri-FORWARD; $iptables -I FORWARD -j neutron-filter-top
    $iptables -A neutron-linuxbri-FORWARD -m physdev --physdev-out tap$port --physdev-is-bridged \\
        -m comment --comment 'Direct traffic from the VM interface.' -j neutron-linuxbri-sg-chain
    $iptables -t raw -N neutron-linuxbri-PREROUTING
    $iptables -t raw -A PREROUTING -j neutron-linuxbri-PREROUTING
done
iptables -A neutron-linuxbri-sg-chain -m set --match-set NIPv4aaaaaaaa-bbbb-cccc-dddd- src -j RETURN
iptables -A INPUT -m physdev --physdev-in tap$port --physdev-is-bridged -j neutron-linuxbri-sg-chain
for table in 'bridge linuxbridge' 'inet linuxbridge' 'arp linuxbridge' 'bridge linuxbridge_qos'; do
    nft "add table $table; add chain $table marks; add rule $table marks accept"
done
"""


@pytest.fixture
def deployed(host: Shell) -> tuple[Shell, list[str]]:
    """A host with a deployment that is not quite alone on it, and what there was before."""
    return host, deploy(host)


def deploy(host: Shell) -> list[str]:
    """Let HOST have a deployment, not quite alone on it; what there was before."""
    host.output("mkdir -p /run/systemd/system")
    host.fake("docker", "true")
    host.fake("systemctl", "true")
    host.output(SOMEBODY_ELSES)
    before = snapshot(host)
    host.output("load_settings; save_settings; raise_network")
    host.output(NEUTRON)
    host.output("mkdir -p /run/dietstack/libvirt; touch /run/dietstack.lock")
    return before


def destroy(host: Shell, *, keep: bool = False) -> None:
    result = host.run(DESTROY.format(keep=str(keep).lower()))
    assert (result.returncode, result.stderr) == (0, ""), result


def test_nothing_of_ours_is_left_and_all_that_is_others(deployed: tuple[Shell, list[str]]) -> None:
    host, before = deployed
    assert snapshot(host) != before
    destroy(host)
    assert snapshot(host) == before


def test_destroyed_twice(deployed: tuple[Shell, list[str]]) -> None:
    host, before = deployed
    destroy(host)
    destroy(host)
    assert snapshot(host) == before


def test_nothing_there_to_destroy(host: Shell) -> None:
    host.fake("docker", "true")
    before = snapshot(host)
    destroy(host)
    assert snapshot(host) == before


@pytest.fixture(scope="module")
def commands(measured_host: Shell) -> int:
    """How many commands there are to destroy a deployment."""
    deploy(measured_host)
    return commands_of(measured_host, ALL, before=IN_ONE_PROCESS)


@pytest.mark.parametrize("place", range(PLACES + 1))
def test_killed_and_run_again(deployed: tuple[Shell, list[str]], commands: int, place: int) -> None:
    host, before = deployed
    killed = host.run(f"{IN_ONE_PROCESS}\n{killed_before(at_place(place, commands))}{ALL}")
    assert killed.returncode == -SIGKILL
    destroy(host)
    assert snapshot(host) == before


def test_kept_data(deployed: tuple[Shell, list[str]]) -> None:
    host, before = deployed
    host.output("mkdir -p $STATE_DIR/mariadb; echo rows > $STATE_DIR/mariadb/table")
    destroy(host, keep=True)
    assert host.output("cat $STATE_DIR/mariadb/table") == "rows\n"
    assert "PASSWORDS=" in host.output("cat $STATE_DIR/settings.sh")
    assert [line for line in snapshot(host) if not line.startswith("/srv/dietstack")] == before
    assert "this cloud was made with" in host.refusal(
        "load_settings; check_external_network", EXTERNAL_IP="192.168.98.1/24"
    )


def test_containers_go_the_keepers_first_the_nfs_server_last(host: Shell, tmp_path: Path) -> None:
    containers = tmp_path / "containers"
    containers.mkdir()
    for name in ("keeper", "api", "nfs", "compute"):
        (containers / name).touch()
    host.fake(
        "docker",
        f"""cd {containers}; echo "$@" >> {tmp_path}/calls; last=${{@: -1}}
        case $* in
        ps*label=dietstack=*) ls | grep -x "${{last##*=}}" || true ;;
        ps*label=dietstack) ls ;;
        rm*) rm $last ;;
        esac""",
    )
    destroy(host, keep=True)
    calls = [line for line in (tmp_path / "calls").read_text().splitlines() if not line.startswith("ps")]
    assert calls[0] == "rm --force --volumes keeper"
    assert sorted(calls[1:3]) == ["stop api", "stop compute"]
    assert sorted(calls[3:5]) == ["rm --force --volumes api", "rm --force --volumes compute"]
    assert calls[5:] == ["rm --force --volumes nfs"]


CONTAINER_PROCESS = """
mkdir -p $STATE_DIR; echo > $STATE_DIR/settings.sh
start() { # what a container of this or of another host starts, which outlives it
    unshare --mount --propagation private bash -c '
        mount -t tmpfs tmpfs /etc; mkdir -p /etc/dietstack; touch /etc/dietstack/settings.sh
        mount --bind $0 /etc/dietstack/settings.sh; exec sleep 300' $1 >/dev/null 2>&1 &
    until [[ $(</proc/$!/comm) == sleep ]]; do sleep 0.05; done
    echo $!
}
"""


def test_processes_that_outlived_their_containers_end(host: Shell) -> None:
    ours, others = host.output(
        CONTAINER_PROCESS + "start $STATE_DIR/settings.sh; mkdir /srv/others; echo > /srv/others/settings.sh;"
        "start /srv/others/settings.sh"
    ).split()
    host.output("echo > $STATE_DIR/settings.sh.new; mv $STATE_DIR/settings.sh.new $STATE_DIR/settings.sh")
    host.fake("docker", "true")
    destroy(host)
    host.output(f"{DESTROY.partition('check_everything')[0]} has_ended {ours}; ! has_ended {others}")
    host.output(f"kill {others}")


def test_a_disk_of_ones_own_in_the_state_directory_is_not_emptied(host: Shell) -> None:
    host.fake("docker", "true")
    host.output("disk=$STATE_DIR/volumes; mkdir -p $disk; mount -t tmpfs own $disk; echo 1 > $disk/data")
    before = snapshot(host)
    line = host.refusal(DESTROY.format(keep="false"))
    assert "/srv/dietstack/volumes is a mount of your own: unmount it first, or keep" in line
    assert snapshot(host) == before


def test_a_state_directory_that_is_a_disk_is_emptied(host: Shell) -> None:
    host.fake("docker", "true")
    host.output(
        "mkdir $STATE_DIR; mount -t tmpfs own $STATE_DIR; mkdir $STATE_DIR/log; echo 1 > $STATE_DIR/log/x"
    )
    destroy(host)
    assert host.output("ls -A $STATE_DIR") == ""

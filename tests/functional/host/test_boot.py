"""After a reboot of a systemd host a unit raises the network again, before Docker, without the checkout."""

from pathlib import Path

import pytest

from tests.functional.host.snapshot import snapshot
from tests.unit.deploy.shell import Shell

RAISE = "UNIT_FILE=/run/unit; load_settings; save_settings; raise_network; install_unit"
REBOOT = """
ip link delete br-ex
iptables -F; iptables -X; iptables -t nat -F; iptables -t nat -X; ip6tables -F; ip6tables -X
iptables -P FORWARD ACCEPT
umount $STATE_DIR/mnt /run/netns; rmdir /run/netns
echo 0 > /proc/sys/net/ipv4/ip_forward
"""
START_DOCKER = """
iptables -P FORWARD DROP
iptables -N DOCKER-USER; iptables -A DOCKER-USER -j RETURN; iptables -I FORWARD -j DOCKER-USER
iptables -t nat -I POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
echo 1 > /proc/sys/net/ipv4/ip_forward
"""
AT_BOOT = "/bin/bash $STATE_DIR/network/deploy/network/at_boot"


@pytest.fixture
def systemd(host: Shell, tmp_path: Path) -> Shell:
    """A host that systemd runs; what is asked of it is noted in `calls`."""
    host.output("mkdir -p /run/systemd/system")
    host.fake("systemctl", f'echo "$*" >> {tmp_path}/calls; [[ $1 != is-enabled || -e {tmp_path}/enabled ]]')
    return host


def test_the_unit_is_installed_once(systemd: Shell, tmp_path: Path) -> None:
    systemd.output(RAISE)
    unit = systemd.output("cat /run/unit")
    assert "Before=docker.service\n" in unit
    assert "ExecStart=/bin/bash /srv/dietstack/network/deploy/network/at_boot\n" in unit
    (tmp_path / "enabled").touch()
    systemd.output(RAISE)
    assert (tmp_path / "calls").read_text().splitlines() == [
        "daemon-reload",
        "is-enabled --quiet dietstack-network.service",
        "enable --quiet dietstack-network.service",
        "is-enabled --quiet dietstack-network.service",
    ]


def test_no_unit_without_systemd(host: Shell) -> None:
    host.output(RAISE)
    assert host.output("ls /run/unit $STATE_DIR/network/deploy 2>/dev/null || true") == ""


def test_the_unit_raises_what_was_raised(systemd: Shell) -> None:
    settings = {"EXTERNAL_IP": "192.168.77.1/25", "EXTERNAL_INTERFACE": "eth7"}
    wires = "ip link add name eth7 type veth peer name wire7; ip link set dev wire7 up"
    systemd.output(f"{wires}; {RAISE}", **settings)
    before = snapshot(systemd)
    systemd.output(REBOOT)
    assert snapshot(systemd) != before
    systemd.output(f"cd /; {AT_BOOT}")
    assert systemd.output("cat /proc/sys/net/ipv4/ip_forward") == "0\n", "Docker would leave FORWARD open"
    systemd.output(START_DOCKER)
    assert sorted(snapshot(systemd)) == sorted(before)


def test_an_interface_that_appears_late(systemd: Shell) -> None:
    wires = "ip link add name eth7 type veth peer name wire7"
    systemd.output(f"{wires}; {RAISE}", EXTERNAL_INTERFACE="eth7")
    systemd.output(f"{REBOOT}ip link delete eth7")
    systemd.fake("sleep", f"ip link show dev eth7 &>/dev/null || {{ {wires}; }}")  # while it is waited for
    systemd.output(AT_BOOT)
    assert "eth7" in systemd.output("ip -brief link show master br-ex")


def test_the_unit_is_renewed_and_removed(systemd: Shell, tmp_path: Path) -> None:
    systemd.output(RAISE)
    systemd.output("echo outdated > $STATE_DIR/network/deploy/settings.sh; echo outdated > /run/unit")
    systemd.output(RAISE)
    assert "outdated" not in systemd.output("cat $STATE_DIR/network/deploy/settings.sh /run/unit")
    systemd.output("UNIT_FILE=/run/unit; remove_unit; remove_unit")
    assert systemd.output("ls /run/unit 2>/dev/null || true") == ""
    assert (tmp_path / "calls").read_text().splitlines()[-2:] == [
        "disable --now --quiet dietstack-network.service",
        "daemon-reload",
    ]

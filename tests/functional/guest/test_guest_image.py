"""The real image under emulation, from its first boot on a cloud's network to a copy of its disk.

The tests follow one server's life, in the order in which they stand here.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.paths import ROOT
from tests.functional.guest.conftest import Keys
from tests.functional.guest.machine import Machine, wait_for
from tests.functional.guest.network import DHCPV6_PORT, MTU, SLAAC_PORT, CloudNetwork, write_documents

USER_DATA = """#!/bin/sh
echo "user data of $(hostname)" >>/root/user-data-ran
"""
DATA_DISK = "/dev/vdb"
FILE = "/mnt/random"
NOVA = f"dietstack/openstack:{(ROOT / 'images/release').read_text().strip()}"


def describe_server(uuid: str, hostname: str, keys: Keys) -> dict[str, Any]:
    public = keys.known.with_suffix(".pub").read_text()
    return {"uuid": uuid, "hostname": f"{hostname}.novalocal", "public_keys": {"key": public}}


def make_disk(path: Path, megabytes: int) -> Path:
    with path.open("wb") as disk:
        disk.truncate(megabytes << 20)
    return path


@pytest.fixture(scope="module")
def root_disk(image: Path, scratch: Path) -> Path:
    """A disk of 1 GiB, as a flavor has it, with the image on it."""
    disk = scratch / "root.qcow2"
    subprocess.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image, disk, "1G"], check=True
    )
    return disk


@pytest.fixture(scope="module")
def server(network: CloudNetwork, keys: Keys, root_disk: Path, scratch: Path) -> Iterator[Machine]:
    """A server with an empty second disk that asks the metadata service."""
    network.describe(describe_server("first", "web", keys), ["ipv4_dhcp", "ipv6_slaac"], USER_DATA)
    directory = scratch / "first"
    directory.mkdir()
    machine = Machine(network, [SLAAC_PORT], [root_disk, make_disk(scratch / "data.raw", 64)], directory)
    yield machine
    machine.kill()


@pytest.fixture(scope="module")
def copy(
    server: Machine, network: CloudNetwork, keys: Keys, root_disk: Path, scratch: Path
) -> Iterator[Machine]:
    """A server on the first one's disk, with a config drive and a second port."""
    server.push_power_button()
    directory = scratch / "copy"
    directory.mkdir()
    types = ["ipv4_dhcp", "ipv6_slaac", "ipv4_dhcp", "ipv6_dhcpv6-stateful"]
    write_documents(directory / "drive", describe_server("second", "copy", keys), types, USER_DATA)
    drive = directory / "drive.iso"
    in_nova = ["docker", "run", "--rm", "--network", "none", "--volume", f"{directory}:{directory}"]
    as_nova_does = ["-quiet", "-r", "-J", "-V", "config-2", "-o", str(drive), str(directory / "drive")]
    subprocess.run([*in_nova, "--entrypoint", "genisoimage", NOVA, *as_nova_does], check=True)
    machine = Machine(network, [SLAAC_PORT, DHCPV6_PORT], [root_disk, drive], directory)
    yield machine
    machine.kill()


def user_data_runs(server: Machine, keys: Keys) -> list[str]:
    """What user data wrote in the disk's life, as soon as the guest has said that it is done."""
    wait_for("user data", lambda: "dietguest user data: done" in server.console or None)
    return server.ssh(keys.known, "sudo cat /root/user-data-ran").splitlines()


def test_is_small(image: Path) -> None:
    assert image.stat().st_size < 48 << 20


def test_says_when_it_is_ready(server: Machine) -> None:
    hostname, addresses = server.ready()
    assert hostname == "web"
    assert addresses == [SLAAC_PORT.ipv4, SLAAC_PORT.ipv6]
    print(f"ready {server.age:.1f} s after the machine was switched on: {server.console}")  # noqa: T201


def test_only_the_servers_key_opens_it(server: Machine, keys: Keys) -> None:
    assert server.ssh(keys.known, "id -un; hostname") == "dietguest\nweb"
    for key, user in ((keys.unknown, "dietguest"), (keys.known, "root")):
        with pytest.raises(subprocess.CalledProcessError) as refusal:
            server.ssh(key, "true", user=user)
        assert "Permission denied" in refusal.value.stderr


def test_sudo_asks_no_password(server: Machine, keys: Keys) -> None:
    assert server.ssh(keys.known, "sudo -n id -u") == "0"


def test_user_data_ran_as_root(server: Machine, keys: Keys) -> None:
    assert user_data_runs(server, keys) == ["user data of web"]


def test_network_is_as_dhcp_says(server: Machine, keys: Keys) -> None:
    assert server.ssh(keys.known, "cat /sys/class/net/eth0/mtu") == str(MTU)
    routes = server.ssh(keys.known, "ip route")
    assert "default via 192.168.35.1" in routes
    assert "169.254.169.254 via 192.168.35.1" in routes
    server.ssh(keys.known, "ping -c 1 -W 5 neighbour && ping -6 -c 1 -W 5 fd00:35::1")


def test_curl_asks_the_metadata_service(server: Machine, keys: Keys) -> None:
    answer = server.ssh(keys.known, "curl http://169.254.169.254/openstack/latest/meta_data.json")
    assert json.loads(answer)["uuid"] == "first"


def test_root_file_system_fills_the_disk(server: Machine, keys: Keys) -> None:
    kilobytes = int(server.ssh(keys.known, "df -k / | awk 'NR == 2 { print $2 }'"))
    assert kilobytes > 900 << 10


def test_disk_plugged_in_appears(server: Machine, keys: Keys, scratch: Path) -> None:
    plugged = make_disk(scratch / "plugged.raw", 8)
    server.monitor("blockdev-add", driver="file", filename=str(plugged), **{"node-name": "plugged"})
    server.monitor("device_add", driver="virtio-blk-pci", drive="plugged", serial="a-volume")
    server.ssh(keys.known, "until [ -b /dev/vdc ]; do sleep 0.1; done")
    assert (
        server.ssh(keys.known, "lsblk -bdno SIZE /dev/vdc; cat /sys/block/vdc/serial")
        == f"{8 << 20}\na-volume"
    )


@pytest.mark.parametrize("kind", ["vfat", "ext4"])
def test_disk_takes_a_file_system(server: Machine, keys: Keys, kind: str) -> None:
    server.ssh(keys.known, f"sudo mkfs -t {kind} {DATA_DISK} && sudo mount {DATA_DISK} /mnt")
    assert kind in server.ssh(keys.known, "grep /mnt /proc/mounts; sudo umount /mnt")


def test_reboot_by_power_button_keeps_data_and_identity(
    server: Machine, keys: Keys, network: CloudNetwork
) -> None:
    identity = network.run("ssh-keyscan", "-t", "ed25519", SLAAC_PORT.ipv4)
    server.ssh(keys.known, f"sudo mkfs.ext4 -q {DATA_DISK} && sudo mount {DATA_DISK} /mnt")
    server.ssh(keys.known, f"sudo dd if=/dev/urandom of={FILE} bs=1M count=4 2>/dev/null")
    written = server.ssh(keys.known, f"sha256sum {FILE}")
    server.ssh(keys.known, "echo mine | tee note >/tmp/note")
    server.push_power_button()
    server.switch_on()
    server.ready()
    server.ssh(keys.known, f"sudo mount {DATA_DISK} /mnt")
    assert server.ssh(keys.known, f"sha256sum {FILE}") == written
    assert server.ssh(keys.known, "cat note /tmp/note") == "mine\nmine"
    assert network.run("ssh-keyscan", "-t", "ed25519", SLAAC_PORT.ipv4) == identity
    assert server.ssh(keys.known, "sudo cat /root/user-data-ran") == "user data of web"


def test_copied_disk_becomes_the_new_server(copy: Machine, keys: Keys) -> None:
    hostname, addresses = copy.ready()
    assert hostname == "copy"
    assert addresses == [SLAAC_PORT.ipv4, SLAAC_PORT.ipv6, DHCPV6_PORT.ipv4, DHCPV6_PORT.ipv6]
    assert user_data_runs(copy, keys) == ["user data of web", "user data of copy"]


def test_everybody_finds_the_config_drive(copy: Machine, keys: Keys) -> None:
    assert copy.ssh(keys.known, "blkid -L config-2") == "/dev/sr0"


def test_root_disk_need_not_have_the_first_name(
    copy: Machine, network: CloudNetwork, root_disk: Path, image: Path, scratch: Path
) -> None:
    copy.push_power_button()
    directory = scratch / "second-disk"
    directory.mkdir()
    volume = make_disk(directory / "volume.raw", 8)
    machine = Machine(network, [SLAAC_PORT], [volume, root_disk], directory, image.parent)
    try:
        assert machine.ready()[0] == "web"
    finally:
        machine.kill()

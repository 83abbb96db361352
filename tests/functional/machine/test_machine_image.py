"""The machine image as a system container: it boots, knows its networks and has all images by itself."""

import subprocess
from pathlib import Path

from tests.functional.infra.services import RELEASE
from tests.functional.machine.container import ContainerMachine, Network

SERVICE_IMAGES = {"libvirt", "mariadb", "memcached", "nfs", "openstack", "rabbitmq"}


def test_everything_that_belongs_to_the_boot_has_started(machine: ContainerMachine) -> None:
    failed = machine.host.check_output("systemctl list-units --failed --no-legend")
    assert (failed, machine.state()) == ("", "running")


def test_the_console_shows_the_journal(machine: ContainerMachine) -> None:
    assert "Started docker.service" in machine.console()


def test_interfaces_have_the_names_of_their_networks(
    machine: ContainerMachine, networks: dict[str, Network]
) -> None:
    assert machine.host.interface("ds").addresses[0] == machine.address_in(networks["ds"])
    assert machine.host.interface("external").exists
    assert machine.host.check_output("ip -oneline address show dev external") == ""
    assert " dev eth0" in machine.host.check_output("ip route show default")


def test_requirements_are_there(machine: ContainerMachine) -> None:
    assert machine.host.check_output("/dietstack/install_requirements.sh") == "All requirements are there."


def test_all_images_are_there(machine: ContainerMachine) -> None:
    images = machine.host.check_output("docker images --format '{{.Repository}}:{{.Tag}}'").split()
    assert set(images) == {f"dietstack/{name}:{RELEASE}" for name in SERVICE_IMAGES}


def test_no_image_was_copied(machine: ContainerMachine) -> None:
    kilobytes = int(machine.host.check_output("du -s /var/lib/docker").split()[0])
    assert kilobytes < 16 * 1024
    layers = machine.host.check_output("readlink /var/lib/docker/overlay2/*/diff").split()
    assert layers
    assert all(layer.startswith("/store/overlay2/") for layer in layers)


def test_the_store_cannot_be_written(machine: ContainerMachine) -> None:
    refused = machine.host.run("touch /store/overlay2/file")
    assert refused.rc != 0
    assert "Read-only file system" in refused.stderr


def test_containers_of_stored_images_can_write(machine: ContainerMachine) -> None:
    script = "echo changed >/etc/hostname.test && rm /etc/os-release && cat /etc/hostname.test"
    run = f"docker run --rm --network none --entrypoint sh dietstack/memcached:{RELEASE} -c '{script}'"
    assert machine.host.check_output(run) == "changed"


def test_vagrant_logs_in_and_is_root_without_a_password(
    machine: ContainerMachine, networks: dict[str, Network], tmp_path: Path
) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = key.with_suffix(".pub").read_text()
    machine.host.check_output("echo %s >>/home/vagrant/.ssh/authorized_keys", public)
    options = ["-oStrictHostKeyChecking=no", f"-oUserKnownHostsFile={tmp_path}/hosts", "-oBatchMode=yes"]
    address = f"vagrant@{machine.address_in(networks['ds'])}"
    who = subprocess.run(
        ["ssh", "-i", key, *options, address, "sudo", "id", "--user"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert who.stdout.strip() == "0"


def test_the_machine_sees_no_control_groups_but_its_own(machine: ContainerMachine) -> None:
    first = machine.host.file("/sys/fs/cgroup/init.scope/cgroup.procs").content_string.split()
    assert "1" in first


def test_a_reboot_keeps_names_data_and_containers(
    machine: ContainerMachine, networks: dict[str, Network]
) -> None:
    machine.host.check_output("touch /srv/dietstack/kept")
    machine.host.check_output(
        "docker run --detach --name kept --restart unless-stopped --network none "
        f"--entrypoint sleep dietstack/memcached:{RELEASE} infinity"
    )
    machine.reboot()
    test_everything_that_belongs_to_the_boot_has_started(machine)
    test_interfaces_have_the_names_of_their_networks(machine, networks)
    assert machine.host.file("/srv/dietstack/kept").exists
    assert machine.host.check_output("docker ps --format '{{.Names}}'") == "kept"
    assert len(machine.host.check_output("journalctl --list-boots --no-pager --quiet").splitlines()) >= 2


def test_a_network_that_is_not_connected_is_named(lonely_machine: ContainerMachine) -> None:
    expected = "no interface has an address in 203.0.113.0/24: connect the machine to that network"
    assert expected in lonely_machine.console()
    assert lonely_machine.host.run("docker version").rc == 0

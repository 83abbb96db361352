"""The deployment's secrets are where they have to be and nowhere else, on every machine."""

from fnmatch import fnmatch

import pytest
from testinfra.host import Host

from lab.containers import containers, docker
from lab.machine import Machine
from lab.secrets import secrets_of
from lab.settings import STATE, Settings

# For the next run of runds.sh, and empty, and what the cloud calls the node.
HARMLESS = ("network/*", "keystone/lock", "nova/compute_id")


@pytest.fixture(scope="module")
def secrets(settings: Settings) -> dict[str, str]:
    """All secrets of the deployment by name."""
    return secrets_of(settings.passwords)


@pytest.fixture
def host(each_machine: Machine) -> Host:
    """One machine of the lab after the other, with root's eyes."""
    return each_machine.host


def test_secrets_are_the_deployments_own(secrets: dict[str, str]) -> None:
    assert len(secrets["PASSWORDS"]) >= 8
    assert len(set(secrets.values())) == len(secrets)


def test_settings_are_for_root_only(secrets: dict[str, str], host: Host) -> None:
    settings = host.file(str(STATE / "settings.sh"))
    assert (settings.user, settings.mode) == ("root", 0o600)
    assert found_in(settings.content_string, secrets) == ["PASSWORDS"]


def test_disks_are_for_root_only(host: Host) -> None:
    folders = [host.file(str(STATE / name)) for name in ("instances", "volumes", "backups")]
    modes = {folder.path: (folder.user, folder.mode) for folder in folders if folder.exists}
    assert modes
    assert set(modes.values()) == {("root", 0o700)}


def test_users_of_the_machine_read_nothing_of_the_cloud(host: Host) -> None:
    as_nobody = "setpriv --reuid nobody --regid nogroup --clear-groups"
    read = host.run(f"{as_nobody} find {STATE} -type f -readable -printf '%P\n'").stdout.split()
    assert [file for file in read if not any(fnmatch(file, harmless) for harmless in HARMLESS)] == []


def test_keys_are_for_their_service_only(host: Host) -> None:
    keys = host.check_output("find %s -type f -path '*keystone/*/[0-9]*' -printf '%%m '", str(STATE)).split()
    assert set(keys) <= {"600"}
    assert keys or not host.file(str(STATE / "keystone")).exists


def test_no_keys_in_images(host: Host) -> None:
    images = {str(container.inspected["Image"]) for container in containers(host)}
    look = "docker run --rm --entrypoint find %s /etc /root /opt -xdev -name 'ssh_host_*' -o -name '*.key'"
    assert {image: host.check_output(look, image) for image in images} == dict.fromkeys(images, "")


def test_no_secret_in_docker_inspect(secrets: dict[str, str], host: Host) -> None:
    described = [container.inspected for container in containers(host)]
    assert described != []
    assert not found_in(str(described), secrets)


def test_no_secret_in_images(secrets: dict[str, str], host: Host) -> None:
    images = docker("images", "--quiet", "--filter", "label=dietstack.release", machine=host).split()
    assert images != []
    described = docker("inspect", *images, machine=host) + "".join(
        docker("history", "--no-trunc", image, machine=host) for image in images
    )
    assert not found_in(described, secrets)


def test_no_secret_in_logs(secrets: dict[str, str], host: Host) -> None:
    logs = host.check_output("find %s -type f", str(STATE / "log")).splitlines()
    assert logs != []
    told = {log: found_in(host.run("cat %s", log).stdout, secrets) for log in logs}
    told |= {one.name: found_in(said_by(one.name, host), secrets) for one in containers(host)}
    assert {log: names for log, names in told.items() if names} == {}


@pytest.mark.parametrize("what", ["cmdline", "environ"])
def test_no_secret_in_the_process_list(secrets: dict[str, str], host: Host, what: str) -> None:
    # A process that has ended meanwhile, or into which not even root may look, says nothing.
    processes = host.run(f"tail -v -n +1 /proc/[0-9]*/{what} 2>/dev/null | tr '\\0' ' '").stdout
    names = [container.name for container in containers(host)]
    ours = docker("inspect", "--format", "{{.State.Pid}}", *names, machine=host).split()
    assert [pid for pid in ours if f"/proc/{pid}/{what} " not in processes] == []
    assert not found_in(processes, secrets)


def said_by(container: str, host: Host) -> str:
    """What CONTAINER wrote to both of its outputs."""
    return str(host.check_output("docker logs %s 2>&1", container))


def found_in(text: str, secrets: dict[str, str]) -> list[str]:
    """The names of the SECRETS that stand in TEXT."""
    return [name for name, secret in secrets.items() if secret in text]

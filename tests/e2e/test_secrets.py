"""The deployment's secrets are where they have to be and nowhere else."""

import pytest
from testinfra.host import Host

from lab.containers import containers, docker
from lab.secrets import secrets_of
from lab.settings import STATE, Settings


@pytest.fixture(scope="module")
def secrets(settings: Settings) -> dict[str, str]:
    """All secrets of the deployment by name."""
    return secrets_of(settings.passwords)


def test_secrets_are_the_deployments_own(secrets: dict[str, str]) -> None:
    assert len(secrets["PASSWORDS"]) >= 8
    assert len(set(secrets.values())) == len(secrets)


def test_settings_are_for_root_only(machine: Host) -> None:
    settings = machine.file(str(STATE / "settings.sh"))
    assert (settings.user, settings.mode) == ("root", 0o600)


def test_no_secret_in_docker_inspect(secrets: dict[str, str], machine: Host) -> None:
    described = str([container.inspected for container in containers(machine)])
    assert not found_in(described, secrets)


def test_no_secret_in_images(secrets: dict[str, str], machine: Host) -> None:
    images = docker("images", "--quiet", "--filter", "label=dietstack.release", machine=machine).split()
    described = docker("inspect", *images, machine=machine) + "".join(
        docker("history", "--no-trunc", image, machine=machine) for image in images
    )
    assert not found_in(described, secrets)


def test_no_secret_in_logs(secrets: dict[str, str], machine: Host) -> None:
    logs = machine.check_output("find %s -type f", str(STATE / "log")).splitlines()
    told = {log: found_in(machine.run("cat %s", log).stdout, secrets) for log in logs}
    told |= {
        one.name: found_in(docker("logs", one.name, machine=machine), secrets) for one in containers(machine)
    }
    assert {log: names for log, names in told.items() if names} == {}


@pytest.mark.parametrize("what", ["cmdline", "environ"])
def test_no_secret_in_the_process_list(secrets: dict[str, str], machine: Host, what: str) -> None:
    # A process that has ended meanwhile, or into which not even root may look, says nothing.
    processes = machine.run(f"tail -v -n +1 /proc/[0-9]*/{what} 2>/dev/null | tr '\\0' ' '").stdout
    names = [container.name for container in containers(machine)]
    ours = docker("inspect", "--format", "{{.State.Pid}}", *names, machine=machine).split()
    assert [pid for pid in ours if f"/proc/{pid}/{what} " not in processes] == []
    assert not found_in(processes, secrets)


def found_in(text: str, secrets: dict[str, str]) -> list[str]:
    """The names of the SECRETS that stand in TEXT."""
    return [name for name, secret in secrets.items() if secret in text]

"""The deployment's secrets are where they have to be and nowhere else."""

from pathlib import Path

import pytest

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


def test_settings_are_for_root_only() -> None:
    settings = (STATE / "settings.sh").stat()
    assert (settings.st_uid, settings.st_mode & 0o777) == (0, 0o600)


def test_no_secret_in_docker_inspect(secrets: dict[str, str]) -> None:
    described = str([container.inspected for container in containers()])
    assert not found_in(described, secrets)


def test_no_secret_in_images(secrets: dict[str, str]) -> None:
    images = docker("images", "--quiet", "--filter", "label=dietstack.release").split()
    described = docker("inspect", *images) + "".join(
        docker("history", "--no-trunc", image) for image in images
    )
    assert not found_in(described, secrets)


def test_no_secret_in_logs(secrets: dict[str, str]) -> None:
    logs = [path for path in (STATE / "log").rglob("*") if path.is_file()]
    told = {str(log): found_in(log.read_text(errors="replace"), secrets) for log in logs}
    told |= {one.name: found_in(docker("logs", one.name), secrets) for one in containers()}
    assert {log: names for log, names in told.items() if names} == {}


@pytest.mark.parametrize("what", ["cmdline", "environ"])
def test_no_secret_in_the_process_list(secrets: dict[str, str], what: str) -> None:
    told = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            text = (process / what).read_bytes().decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has ended, or not even root may look into it
        told[process.name] = found_in(text, secrets)
    assert {process: names for process, names in told.items() if names} == {}


def found_in(text: str, secrets: dict[str, str]) -> list[str]:
    """The names of the SECRETS that stand in TEXT."""
    return [name for name, secret in secrets.items() if secret in text]

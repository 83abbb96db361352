"""The guest image, built, and a cloud's network for it."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.functional.guest.network import CloudNetwork


@dataclass(frozen=True)
class Keys:
    """Files of an ssh key that the cloud gives to the guest, and of one that it does not know."""

    known: Path
    unknown: Path


@pytest.fixture(scope="session")
def image(pytestconfig: pytest.Config) -> Path:
    """The image, built if its inputs changed."""
    build = pytestconfig.rootpath / "build"
    subprocess.run([pytestconfig.rootpath / "images/guest/build.sh", build], check=True)
    return build / "dietguest.qcow2"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("guest")


@pytest.fixture(scope="module")
def keys(scratch: Path) -> Keys:
    for name in ("known", "unknown"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch / name], check=True)
    return Keys(scratch / "known", scratch / "unknown")


@pytest.fixture(scope="module")
def network(scratch: Path) -> Iterator[CloudNetwork]:
    network = CloudNetwork(scratch)
    yield network
    network.close()

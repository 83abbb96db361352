"""Services in containers of a throw-away installation."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.functional.infra.services import Services


@pytest.fixture
def state() -> Iterator[Path]:
    """A state directory whose `mnt` is a shared mount, as on a host with DietStack."""
    state = Path(tempfile.mkdtemp(prefix="dietstack-test-", dir="/var/tmp"))
    mounts = state / "mnt"
    mounts.mkdir()
    (state / "volumes").mkdir()
    subprocess.run(["mount", "--bind", mounts, mounts], check=True)
    subprocess.run(["mount", "--make-rshared", mounts], check=True)
    yield state
    for mount in reversed(mount_points(mounts)):
        subprocess.run(["umount", "--lazy", mount], check=True)
    shutil.rmtree(state)


def mount_points(top: Path) -> list[str]:
    """TOP and what is mounted in it. A mount without its server is not asked."""
    mounted = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [mount for mount in mounted if Path(mount) == top or top in Path(mount).parents]


@pytest.fixture
def services(state: Path) -> Iterator[Services]:
    services = Services(state, f"dietstack-test-{os.getpid()}")
    yield services
    services.close()

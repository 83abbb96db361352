"""tests/tox.sh: in a checkout of an offline bundle nothing is asked of an index."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lab.paths import ROOT

NAMES = ("PIP_NO_INDEX", "PIP_FIND_LINKS", "UV_OFFLINE", "UV_FIND_LINKS")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in which tox is a program that says where packages come from."""
    for folder in ("tests", ".venv/bin"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "tests/tox.sh", tmp_path / "tests")
    tox = tmp_path / ".venv/bin/tox"
    tox.write_text(f'#!/bin/bash\nfor name in {" ".join(NAMES)}; do echo "${{!name-}}"; done\n')
    tox.chmod(0o755)
    return tmp_path


def sources(checkout: Path) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if name not in NAMES}
    command = [checkout / "tests/tox.sh"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_packages_of_a_bundle_are_taken_by_pip_and_by_uv(checkout: Path) -> None:
    wheels = checkout / "build/offline/wheels"
    wheels.mkdir(parents=True)
    assert sources(checkout) == ["1", str(wheels), "1", str(wheels)]


def test_without_a_bundle_the_index_is_asked(checkout: Path) -> None:
    assert sources(checkout) == [""] * 4

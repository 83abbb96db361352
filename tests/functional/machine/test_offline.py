"""What came in an offline bundle is looked at before anything is changed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.functional.infra.services import ROOT

USE = "images/offline/use"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the part of a bundle that is verified: one file and its checksum."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    (tmp_path / USE).parent.mkdir(parents=True)
    shutil.copy(ROOT / USE, tmp_path / USE)
    offline = tmp_path / "build/offline"
    offline.mkdir(parents=True)
    (offline / "images.tar").write_text("images")
    sums = subprocess.run(
        ["sha256sum", "build/offline/images.tar"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    (offline / "SHA256SUMS").write_text(sums.stdout)
    return tmp_path


def refusal(checkout: Path) -> str:
    """The one line with which it refuses."""
    refused = subprocess.run([checkout / USE], capture_output=True, text=True, check=False)
    assert refused.returncode == 2, refused.stdout
    assert not Path("/etc/apt/sources.list.d/dietstack-offline.list").exists()
    (line,) = refused.stderr.splitlines()
    return line


def test_a_damaged_file_is_named(checkout: Path) -> None:
    (checkout / "build/offline/images.tar").write_text("imagos")
    assert "build/offline/images.tar: FAILED" in refusal(checkout)


def test_a_missing_file_is_named(checkout: Path) -> None:
    (checkout / "build/offline/images.tar").unlink()
    assert "build/offline/images.tar" in refusal(checkout)


def test_a_place_closed_to_apt_is_named(checkout: Path) -> None:
    checkout.chmod(0o700)
    assert f"lies in {checkout}, which the user _apt may not read" in refusal(checkout)


def test_a_checkout_without_a_bundle_says_what_to_do(checkout: Path) -> None:
    shutil.rmtree(checkout / "build")
    assert "unpack a bundle of make offline" in refusal(checkout)

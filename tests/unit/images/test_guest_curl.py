"""The guest's curl says to wget what it was told."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY

CURL = DEPLOY.parent / "images/guest/rootfs/usr/bin/curl"
URL = "http://169.254.169.254/openstack"


@pytest.fixture
def wget(tmp_path: Path) -> Path:
    """A directory with a wget that prints its arguments, one a line."""
    program = tmp_path / "wget"
    program.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    program.chmod(0o755)
    return tmp_path


def curl(wget: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    path = f"{wget}:{os.environ['PATH']}"
    return subprocess.run([CURL, *arguments], env={"PATH": path}, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ([], ["-"]),
        (["-fsS", "-o", "file"], ["file"]),
        (["-X", "POST", "-d", "a b"], ["-", "--post-data", "a b"]),
        (["-d", "a", "-H", "X-One: 1"], ["-", "--header", "X-One: 1", "--post-data", "a"]),
        (["-X", "POST"], ["-", "--post-data", ""]),
    ],
)
def test_wget_is_told_the_same(wget: Path, said: list[str], meant: list[str]) -> None:
    done = curl(wget, *said, URL)
    assert (done.returncode, done.stdout.splitlines()) == (0, ["-q", "-O", *meant, URL])


@pytest.mark.parametrize("said", [["-X", "PUT", URL], ["-V"], ["--data", "a", URL], [], [URL, URL]])
def test_what_wget_has_not_is_refused(wget: Path, said: list[str]) -> None:
    done = curl(wget, *said)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("refused: ")

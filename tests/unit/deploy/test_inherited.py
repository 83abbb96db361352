"""What a command does not take over from who types it."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.unit.deploy.shell import DEPLOY

ROOT = DEPLOY.parent
COMMANDS = ("deploy/deploy.sh", "destroyds.sh", "install_requirements.sh", "images/build.sh")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_first_that_every_command_reads_is_this(command: str) -> None:
    read = re.findall(r"inherited|messages|progress", (ROOT / command).read_text())
    assert read[:2] == ["inherited", "messages"]


def test_language_and_umask_are_its_own() -> None:
    script = f"umask 077; . {DEPLOY}/inherited.sh; umask; bash -c 'echo $LC_ALL'"
    environment = os.environ | {"LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["0022", "C.UTF-8"]


def test_what_is_for_root_is_found_after_what_is_for_all() -> None:
    script = f". {DEPLOY}/inherited.sh; bash -c 'echo $PATH'"
    environment = os.environ | {"PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin\n"


def test_images_are_not_made_of_files_that_are_hidden_from_others(tmp_path: Path) -> None:
    for folder in ("deploy", "images", "networking"):
        (tmp_path / folder).mkdir()
    (tmp_path / "deploy/secretive").touch(mode=0o600)
    script = f". {DEPLOY}/messages.sh; . {ROOT}/images/inputs.sh; refuse_hidden_files"
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("refused: deploy/secretive is hidden from others")

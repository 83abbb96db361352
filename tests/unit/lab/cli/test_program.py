"""The bash in front: makes its environment when there is none of these requirements, and only then."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lab.paths import ROOT

# `python3 -m venv --clear DIRECTORY` makes a pip and a python that tell what they are asked.
PYTHON3 = """#!/bin/sh
echo "python3 $*" >>"$CALLS"
[ "$1" = -m ] || exit ${ENSUREPIP:-0}
mkdir -p "$4/bin"
for program in pip python; do
    printf '#!/bin/sh\\necho "%s $*" >>"$CALLS"\\n' $program >"$4/bin/$program"
    chmod +x "$4/bin/$program"
done
"""


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with nothing but the program and its requirements; python3 only tells what it is asked."""
    shutil.copy(ROOT / "dslab", tmp_path)
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab/requirements.txt").write_text("typer==1\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3").write_text(PYTHON3)
    (tmp_path / "bin/python3").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    return tmp_path


def dslab(checkout: Path, *arguments: str) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """What `dslab ARGUMENTS` returned, and the programs that it called."""
    calls = checkout / "calls"
    calls.write_text("")
    done = subprocess.run([checkout / "dslab", *arguments], capture_output=True, text=True, check=False)
    return done, [line.partition(" ")[0] for line in calls.read_text().splitlines()]


def test_environment_is_made_once_and_again_when_the_requirements_change(checkout: Path) -> None:
    assert dslab(checkout, "list")[1] == ["python3", "python3", "pip", "python"]
    assert dslab(checkout, "list")[1] == ["python"]
    (checkout / "lab/requirements.txt").write_text("typer==2\n")
    assert "pip" in dslab(checkout, "list")[1]


def test_arguments_are_passed_on_as_they_are(checkout: Path) -> None:
    dslab(checkout, "ssh", "compute1", "echo  two  blanks")
    assert (checkout / "calls").read_text().splitlines()[-1] == "python -m lab ssh compute1 echo  two  blanks"


def test_it_is_refused_in_one_line_without_ensurepip(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENSUREPIP", "1")
    done, calls = dslab(checkout, "list")
    assert done.returncode == 2
    assert done.stderr.startswith("refused: ")
    assert "install_requirements.sh" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert calls == ["python3"]

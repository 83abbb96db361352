"""pytest as a process of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from lab.paths import ROOT
from lab.proof import run_pytest
from tests.unit.lab.fixtures.conftest import CONFTEST

TESTS = """
from pathlib import Path
from time import sleep
import pytest
HERE = Path(__file__).parent
@pytest.fixture
def thing():
    yield
    sleep(1)
    (HERE / "given-back").touch()
def test_a(thing):
    (HERE / "begun").touch()
    sleep(30)
"""


@pytest.mark.parametrize(("text", "code"), [("def test_a(): pass", 0), ("def test_a(): raise OSError", 1)])
def test_its_exit_code_is_told(tmp_path: Path, text: str, code: int) -> None:
    (tmp_path / "test_it.py").write_text(text)
    assert run_pytest("-p", "no:cacheprovider", str(tmp_path / "test_it.py")) == code


@pytest.mark.parametrize(
    ("number", "to_all", "says"),
    [(signal.SIGINT, True, "KeyboardInterrupt"), (signal.SIGTERM, False, "told to end (SIGTERM)")],
)
def test_who_is_interrupted_or_told_to_end_lets_it_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, to_all: bool, says: str
) -> None:
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "conftest.py").write_text(CONFTEST)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    script = f"from lab.proof import run_pytest; run_pytest('-p', 'no:cacheprovider', {str(tmp_path)!r})"
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not (tmp_path / "begun").exists():
            assert process.poll() is None
            sleep(0.05)
        (os.killpg if to_all else os.kill)(process.pid, number)
        _, said = process.communicate()
    assert (tmp_path / "given-back").exists()
    assert said.rstrip().endswith(says)

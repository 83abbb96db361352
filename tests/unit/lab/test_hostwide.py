"""What one process of the host has at a time, others do not have, whichever user's labs they make."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from lab import hostwide, labs
from lab.hostwide import alone_with, keep
from lab.labs import create_lab
from lab.paths import ROOT
from tests.unit.lab.scenarios import MULTINODE

OF_ANOTHER_USER = """
import sys
from lab import hostwide
hostwide.NAMESPACE = sys.argv[1]
print(*(hostwide.keep(what) for what in sys.argv[2:]), flush=True)
sys.stdin.read()
"""
DS = IPv4Network("192.168.53.0/24")


@pytest.fixture
def other_process() -> Iterator[subprocess.Popen[str]]:
    """A process that keeps a network."""
    command = [sys.executable, "-c", OF_ANOTHER_USER, hostwide.NAMESPACE, f"network {DS}"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        yield process
        process.kill()


def test_networks_that_another_user_is_about_to_make_are_left_alone(
    other_process: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(labs, "networks_of_host", list)
    scenario = MULTINODE.model_copy(update={"ds": DS})
    assert create_lab(scenario, "docker", "one").ds == IPv4Network("192.168.54.0/24")
    other_process.kill()
    other_process.wait()
    assert create_lab(scenario, "docker", "two").ds == DS


def test_what_a_process_keeps_stays_its_own() -> None:
    assert keep("one")
    assert keep("one")


def test_who_wants_a_thing_alone_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hostwide, "SECONDS_BETWEEN_QUESTIONS", 0.01)

    def have() -> bool:
        with alone_with("a thing"):
            return True

    with ThreadPoolExecutor() as pool:
        with alone_with("a thing"):
            waiting = pool.submit(have)
            assert wait([waiting], timeout=0.1).not_done
        assert waiting.result(timeout=30)

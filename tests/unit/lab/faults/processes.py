"""`dslab` as a process of its own, which can be interrupted and killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from lab.deadline import Deadline, NotYet
from lab.errors import Layer
from lab.paths import ROOT
from lab.vagrant import processes_of
from tests.unit.lab.faults.host import Host

# It does what conftest.py does for those that type in this process, which may have been started with `&`.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from lab.doctor import examination
from lab.checkpoint import saving
from lab.provider import docker_command
signal.signal(signal.SIGINT, signal.default_int_handler)
examination.ROOT = docker_command.ROOT = Path(os.environ["HOST"])
examination.WRITTEN_BY_A_MACHINE = 0
saving.heartbeats = lambda _api: {}
from lab.cli import main
sys.exit(main())
"""
SECONDS = 30

Running = subprocess.Popen[str]
Start = Callable[..., Running]


@pytest.fixture
def start(host: Host) -> Iterator[Start]:
    """Starts `dslab ARGUMENTS` as a terminal does: a signal reaches all that belongs to it."""
    started: list[Running] = []

    def start_it(*arguments: str) -> Running:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start_it
    for process in started:
        process.kill()
        process.communicate()
    for pid in processes_of(host.state / "class"):
        os.kill(pid, signal.SIGKILL)


def wait_until_it_hangs(host: Host, process: Running) -> None:
    """Wait until a program of HOST hangs, for which PROCESS waits."""

    def look() -> None:
        assert process.poll() is None, process.communicate()
        if not (host.folder / "hanging").exists():
            raise NotYet("nothing hangs")

    Deadline(SECONDS).until(Layer.MACHINE, "a program", look, every=0.02)

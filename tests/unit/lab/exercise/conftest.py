"""A seat in a lab that has no machines, and exercises that a test writes."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path
from select import select

import pytest

from lab.exercise import Exercise, Seat, find_exercise
from lab.labs import Lab, Phase
from tests.unit.lab.scenarios import LOCAL

TEXT = """\
# A title

The goal.

## Story

Once upon a time.

## Tasks

1. One thing.
2. Another thing,
   in two lines.

## Hints

1. Look.
2. Look again.
"""
NEEDS = "place: 1\nminutes: 5\n"
CHECK = '''\
def test_one_thing() -> None:
    """One thing."""
'''
CLOUDS = """\
clouds:
  seat:
    auth: {auth_url: "nowhere://cloud/v3", username: u, password: p, project_name: p}
"""

Write = Callable[..., Exercise]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes an exercise, of which a test gives the files that matter to it."""

    def write_it(**files: str) -> Exercise:
        folder = tmp_path / "exercises" / "mine"
        folder.mkdir(parents=True, exist_ok=True)
        texts = {"exercise_md": TEXT, "exercise_yaml": NEEDS, "check_py": CHECK, "solve": "true\n"} | files
        for name, text in texts.items():
            (folder / name.replace("_", ".")).write_text(text)
        return find_exercise(f"{folder}/")

    return write_it


@pytest.fixture
def seat(tmp_path: Path) -> Seat:
    """A seat in the cloud of this machine, which is not there."""
    directory = tmp_path / "seat"
    directory.mkdir()
    (directory / "clouds.yaml").write_text(CLOUDS)
    lab = Lab(
        name="local",
        scenario=LOCAL,
        provider="here",
        ds=IPv4Network("192.168.23.0/24"),
        external=IPv4Network("192.168.99.0/24"),
        directory=tmp_path / "lab",
        created=datetime.now(UTC),
        pid=1,
        phase=Phase.READY,
    )
    return Seat(
        name="seat1",
        lab=lab,
        directory=directory,
        clouds_yaml=directory / "clouds.yaml",
        cloud="seat",
        alone=True,
    )


def ends_soon(pid: int) -> bool:
    """Whether the process PID ends within 10 s, or has ended."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select([process], [], [], 10)[0])
    finally:
        os.close(process)

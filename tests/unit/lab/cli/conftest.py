from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.cli import main
from lab.labs import Lab, create_lab
from lab.scenario import Scenario
from tests.unit.lab.scenarios import MULTINODE


@dataclass(frozen=True)
class Said:
    """What a command returned and said."""

    code: int
    out: str
    err: str


Type = Callable[..., Said]


def typing(capsys: pytest.CaptureFixture[str]) -> Type:
    """What types `dslab ARGUMENTS`."""

    def type_it(*arguments: str) -> Said:
        code = main(arguments)
        captured = capsys.readouterr()
        return Said(code, captured.out, captured.err)

    return type_it


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of labs, empty."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr("lab.labs.networks_of_host", list)
    return tmp_path / "dietstack-lab"


@pytest.fixture
def dslab(state: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types `dslab ARGUMENTS`."""
    assert not state.exists()
    return typing(capsys)


@pytest.fixture
def make_lab(state: Path) -> Callable[..., Lab]:
    """Makes a lab that has no machines."""
    assert state

    def make(name: str = "class", scenario: Scenario = MULTINODE, provider: str = "docker") -> Lab:
        return create_lab(scenario, provider, name)

    return make

from pathlib import Path

import pytest

from lab import labs
from lab.provider import booted
from tests.unit.lab.programs import Programs


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """The programs of a host without labs: Vagrant boots whatever it shall, ssh answers at once."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(labs, "networks_of_host", list)
    monkeypatch.setattr(booted, "SECONDS_TO_ANSWER", 0)
    programs = Programs(tmp_path / "bin", monkeypatch)
    programs.put("vagrant", "exit 0")
    programs.put("ssh", "exit 0")
    return programs

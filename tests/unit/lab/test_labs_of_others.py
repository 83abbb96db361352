"""Labs of other users, with their own folder of labs, are theirs."""

from pathlib import Path

import pytest

from lab.holding import hold, is_dead
from lab.labs import Phase, create_lab
from tests.unit.lab.scenarios import MULTINODE


def test_a_lab_that_another_user_is_at_work_with_is_not_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.labs.networks_of_host", list)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "theirs"))
    lab = create_lab(MULTINODE, "docker").save(phase=Phase.BUILDING)
    with hold(lab):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "mine"))
        assert not is_dead(lab.directory)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "theirs"))
    assert is_dead(lab.directory)

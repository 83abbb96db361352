"""Fixtures for the bash of deploy/."""

from pathlib import Path

import pytest

from tests.unit.deploy.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A bash with the functions of deploy/."""
    return Shell(state=tmp_path / "dietstack", fakes=tmp_path / "fakes")

from pathlib import Path

import pytest

from tests.unit.lab.classroom.school import School, a_school


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    """A host on which classes come up at once."""
    return a_school(tmp_path, monkeypatch)

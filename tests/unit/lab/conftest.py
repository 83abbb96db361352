import pytest

from tests.unit.lab.clock import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which every deadline of the test goes."""
    clock = Clock()
    monkeypatch.setattr("lab.deadline.monotonic", clock)
    monkeypatch.setattr("lab.deadline.sleep", clock.sleep)
    return clock

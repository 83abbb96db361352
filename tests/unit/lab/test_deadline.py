import pytest

from lab.deadline import Deadline, NotYet
from lab.errors import Broken, Layer, TooLate
from tests.unit.lab.clock import Clock


def ready_at(moment: float, clock: Clock) -> str:
    if clock() < moment:
        raise NotYet(f"it is {clock():g} o'clock")
    return "here"


def test_it_returns_what_was_awaited_as_soon_as_it_is_there(clock: Clock) -> None:
    assert Deadline(10).until(Layer.GUEST, "thing", lambda: ready_at(3, clock)) == "here"
    assert clock.now == 3


def test_it_looks_once_more_when_time_is_up(clock: Clock) -> None:
    assert Deadline(10).until(Layer.GUEST, "thing", lambda: ready_at(10, clock), every=7) == "here"
    assert clock.now == 10


def test_too_late_names_layer_thing_time_and_what_was_seen_last(clock: Clock) -> None:
    with pytest.raises(TooLate, match=r"^DHCP: lease: not within 10 s, at the end it is 10 o'clock$"):
        Deadline(10).until(Layer.DHCP, "lease", lambda: ready_at(11, clock))


def test_what_has_failed_is_not_awaited(clock: Clock) -> None:
    def fail() -> None:
        raise Broken(Layer.SERVICE, "no valid host")

    with pytest.raises(Broken, match=r"^service: no valid host$"):
        Deadline(10).until(Layer.GUEST, "thing", fail)
    assert clock.now == 0


def test_waits_share_one_deadline(clock: Clock) -> None:
    deadline = Deadline(10)
    deadline.until(Layer.GUEST, "one", lambda: ready_at(8, clock))
    with pytest.raises(TooLate):
        deadline.until(Layer.GUEST, "other", lambda: ready_at(16, clock))
    assert clock.now == 10


def test_a_slow_machine_is_asked_less_often(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Deadline, "slowness", 4.0)
    asked: list[float] = []

    def attempt() -> str:
        asked.append(clock.now)
        return ready_at(3, clock)

    assert Deadline(10).until(Layer.GUEST, "thing", attempt, every=0.5) == "here"
    assert asked == [0, 2, 4]

"""A room of exercises that a test can play in: what is solved, and what is broken, is said, not done."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from threading import Event

from lab.classroom.joints import Exercise, Outcome, Place, Record, Verdict
from lab.errors import Refused

EXERCISES = {
    "networks": Exercise(
        "networks",
        "Networks and routers",
        "# Networks and routers\n\nA server without a network hears nobody.\n\n1. Make a network.\n",
        ("Look at `openstack network list`.", "A router joins a network to `external`."),
        15,
    ),
    "volumes": Exercise(
        "volumes", "Volumes", "# Volumes\n\n<script>alert('no')</script>\n", ("It has a size.",), 10
    ),
    "users": Exercise("users", "Users and roles", "# Users and roles\n", (), 15, needs_lab=True),
    "dhcp": Exercise(
        "dhcp", "A dead DHCP agent", "# A dead agent\n", (), 20, needs_lab=True, needs_machines=True
    ),
    "spread": Exercise("spread", "Servers apart", "# Servers apart\n", (), 20, computes=2),
}


@dataclass
class Room:
    """Exercises by seat and name: SOLVED ones, BROKEN checks; a check waits until it MAY END."""

    solved: set[tuple[str, str]] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    records: dict[tuple[str, str], Record] = field(default_factory=dict)
    may_end: Event = field(default_factory=Event)
    exercises: dict[str, Exercise] = field(default_factory=lambda: EXERCISES)

    def __post_init__(self) -> None:
        self.may_end.set()

    def all(self) -> Mapping[str, Exercise]:
        return self.exercises

    def record(self, place: Place, name: str) -> Record:
        return self.records.get((place.name, name), Record())

    def under_way(self, place: Place) -> str | None:
        there = (
            name for (seat, name), record in self.records.items() if seat == place.name and record.under_way
        )
        return next(there, None)

    def start(self, place: Place, name: str) -> None:
        if busy := self.under_way(place):
            raise Refused("exercise", name, f"{busy} is under way in seat {place.name}; end that first")
        self._remember("start", place, name, under_way=True, started=datetime.now(UTC))

    def check(self, place: Place, name: str) -> Verdict:
        assert self.may_end.wait(20)
        if not self.record(place, name).under_way:
            raise Refused("exercise", name, "it is not under way; start it")
        if name in self.broken:
            return Verdict(Outcome.FAULT, ("KeyError in check.py, line 3",))
        if (place.name, name) not in self.solved:
            return Verdict(Outcome.FAILED, ("There is no network yet.",))
        self._remember("check", place, name, passed=datetime.now(UTC))
        return Verdict(Outcome.PASSED)

    def hint(self, place: Place, name: str) -> None:
        self._remember("hint", place, name, hints=self.record(place, name).hints + 1)

    def reset(self, place: Place, name: str) -> None:
        self._remember("reset", place, name)

    def stop(self, place: Place, name: str) -> None:
        self._remember("stop", place, name, under_way=False)

    def forget(self, place: Place, name: str) -> None:
        self._remember("forget", place, name, under_way=False)

    def _remember(self, what: str, place: Place, name: str, **changes: object) -> None:
        self.calls.append((what, place.name, name))
        self.records[place.name, name] = replace(self.record(place, name), **changes)  # type: ignore[arg-type]

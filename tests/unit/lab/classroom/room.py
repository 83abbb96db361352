"""A room of exercises that a test can play in: what is solved, and what is broken, is said, not done."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from lab.errors import Refused
from lab.exercise import (
    Access,
    Exercise,
    Finding,
    Needs,
    Programs,
    Record,
    Seat,
    State,
    Text,
    Verdict,
)
from lab.holding import share

# What a class asks of the room.
DOORS = ("find_exercise", "under_way", "record_of", "start", "check", "hint", "reset", "stop", "forget")


def an_exercise(
    name: str, title: str, goal: str = "The goal.", hints: tuple[str, ...] = (), **needs: object
) -> Exercise:
    """One called NAME, of which only what a class shows is there."""
    takes = Needs.model_validate({"place": 1, "minutes": 15} | needs)
    text = Text(title, goal, "", ("Make a network.",), hints)
    return Exercise(name, Path("/exercises", name), takes, text)


EXERCISES = {
    one.name: one
    for one in (
        an_exercise(
            "networks",
            "Networks and routers",
            "A server without a network hears nobody.",
            hints=("Look at `openstack network list`.", "A router joins a network to `external`."),
        ),
        an_exercise("volumes", "Volumes", "<script>alert('no')</script>", hints=("It has a size.",)),
        an_exercise("users", "Users and roles", access=Access.CLOUD),
        an_exercise("dhcp", "A dead DHCP agent", access=Access.MACHINES),
        an_exercise("spread", "Servers apart", computes=2),
        an_exercise("firewall", "Security groups", servers=1, memory=192, floating_ips=1),
    )
}
BROKEN = Verdict(findings=(Finding(task="A network", state=State.FAULT, say="KeyError in check.py, line 3"),))
NOT_YET = Verdict(findings=(Finding(task="A network", state=State.MISSING, say="There is no network yet."),))
PASSED = Verdict(findings=(Finding(task="A network", state=State.DONE),))


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

    def find_exercise(self, name: str) -> Exercise:
        return self.exercises[name]

    def record_of(self, name: str, place: Seat) -> Record:
        return self.records.get((place.name, name), Record())

    def under_way(self, place: Seat) -> Programs | None:
        for (seat, name), record in self.records.items():
            if seat == place.name and record.under_way:
                return self.exercises[name]
        return None

    def start(self, exercise: Exercise, place: Seat) -> None:
        if busy := self.under_way(place):
            mend = f"{busy.name} is under way in seat {place.name}; end that first"
            raise Refused("exercise", exercise.name, mend)
        self._remember("start", place, exercise, under_way=True, started=datetime.now(UTC))

    def check(self, exercise: Exercise, place: Seat) -> Verdict:
        assert self.may_end.wait(20)
        name = exercise.name
        if not self.record_of(name, place).under_way:
            raise Refused("exercise", name, "it is not under way; start it")
        if name in self.broken:
            return BROKEN
        if (place.name, name) not in self.solved:
            return NOT_YET
        self._remember("check", place, exercise, passed=datetime.now(UTC))
        return PASSED

    def hint(self, exercise: Exercise, place: Seat) -> None:
        self._remember("hint", place, exercise, hints=self.record_of(exercise.name, place).hints + 1)

    def reset(self, exercise: Exercise, place: Seat) -> None:
        self._remember("reset", place, exercise)

    def stop(self, exercise: Programs, place: Seat) -> None:
        self._remember("stop", place, exercise, under_way=False)

    def forget(self, exercise: Programs, place: Seat) -> None:
        self._remember("forget", place, exercise, under_way=False)

    def _remember(self, what: str, place: Seat, exercise: Programs, **changes: object) -> None:
        name = exercise.name
        with share(place.lab):
            self.calls.append((what, place.name, name))
            self.records[place.name, name] = self.record_of(name, place).model_copy(update=changes)

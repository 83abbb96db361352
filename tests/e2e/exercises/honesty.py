"""The rule that keeps an exercise honest: its check fails until it is solved, and again after a reset."""

from dataclasses import dataclass, field
from time import monotonic

from lab.exercise import Exercise, Seat, State, Verdict, check, reset, solve, start, stop

ROW = "exercise"
HEADER = ("exercise", "set up", "check", "solve", "check", "reset", "check", "all")


@dataclass
class Row:
    """What happened to the exercise NAME, step by step: its time in seconds, or the state of the check."""

    name: str
    cells: list[str] = field(default_factory=list)
    begun: float = field(default_factory=monotonic)

    def lap(self, since: float) -> None:
        """A step that began SINCE has ended."""
        self.cells.append(f"{monotonic() - since:.0f} s")

    def text(self) -> str:
        """The row as a line."""
        return "\t".join([self.name, *self.cells, f"{monotonic() - self.begun:.0f} s"])


def prove(exercise: Exercise, seat: Seat, row: Row) -> None:
    """Hold EXERCISE in SEAT against the rule, and write what happened into ROW."""
    begun = monotonic()
    try:
        start(exercise, seat)
        row.lap(begun)
        expect(State.MISSING, check(exercise, seat), row)

        begun = monotonic()
        solve(exercise, seat)
        row.lap(begun)
        expect(State.DONE, check(exercise, seat), row)

        begun = monotonic()
        reset(exercise, seat)
        row.lap(begun)
        expect(State.MISSING, check(exercise, seat), row)
    finally:
        stop(exercise, seat)


def expect(state: State, verdict: Verdict, row: Row) -> None:
    """Assert that VERDICT is STATE."""
    row.cells.append({State.MISSING: "fails", State.DONE: "passes"}.get(verdict.state, str(verdict.state)))
    shown = "\n".join(f"{one.state}: {one.task}: {one.say}" for one in verdict.findings)
    assert verdict.state is state, f"the check should be {state}:\n{shown}"

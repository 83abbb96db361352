"""Checks of exercises: pytest in a process of its own, which can hang, crash and write nothing."""

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from lab.deadline import Deadline
from lab.exercise.model import Exercise
from lab.exercise.process import run
from lab.exercise.seat import Seat
from lab.exercise.verdict import State, Verdict, fault
from lab.machine import last_lines

SECONDS = 120
# Plain assertions: a learner reads the message and not what the check compared.
OPTIONS = ("--noconftest", "--assert=plain", "-p", "no:cacheprovider", "-o", "filterwarnings=default")
ALL_RAN = {0, 1}  # pytest's other exit codes: interrupted, or without tests


def look(exercise: Exercise, seat: Seat) -> Verdict:
    """What the check of EXERCISE finds in SEAT; what keeps it from finding out is a fault in the verdict."""
    with TemporaryDirectory() as directory:
        place, found = Path(directory) / "seat.json", Path(directory) / "verdict.json"
        place.write_text(seat.model_dump_json())
        status, said = run_pytest(
            seat.log(exercise),
            seat.environment,
            *OPTIONS,
            *("-p", "lab.exercise.plugin", "--exercise-seat", str(place), "--exercise-verdict", str(found)),
            *("--exercise-kept", str(seat.kept(exercise)), str(exercise.check)),
        )
        if status is None:
            return fault(exercise.name, f"the check did not end within {Deadline(SECONDS).seconds:g} s")
        try:
            verdict = Verdict.model_validate_json(found.read_text())
        except (OSError, ValidationError):
            return fault(exercise.name, f"the check said nothing; pytest said: {last_lines(said, 5)}")
    if status in ALL_RAN or any(one.state is State.FAULT for one in verdict.findings):
        return verdict
    return fault(exercise.name, f"the check did not look at everything; pytest said: {last_lines(said, 5)}")


def run_pytest(log: Path, environment: Mapping[str, str], *arguments: str) -> tuple[int | None, str]:
    """The exit code of `pytest ARGUMENTS` in ENVIRONMENT, None if it did not end in time; what it printed.

    That is kept in LOG, with its stack traces, for who wrote the exercise.
    """
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("ab") as file:
        begin = file.tell()
        command = [sys.executable, "-m", "pytest", *arguments]
        status = run(command, file.fileno(), Deadline(SECONDS).seconds, environment)
    return status, log.read_bytes()[begin:].decode(errors="replace")

"""Checks of exercises: pytest in a process of its own, which can hang, crash and write nothing."""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import ValidationError

from lab.deadline import Deadline
from lab.exercise.model import Exercise
from lab.exercise.seat import Seat
from lab.exercise.verdict import Verdict, fault
from lab.machine import last_lines
from lab.paths import ROOT

SECONDS = 120
# Plain assertions: a learner reads the message and not what the check compared.
OPTIONS = ("--noconftest", "--assert=plain", "-p", "no:cacheprovider", "-o", "filterwarnings=default")


def look(exercise: Exercise, seat: Seat) -> Verdict:
    """What the check of EXERCISE finds in SEAT; what keeps it from finding out is a fault in the verdict."""
    with TemporaryDirectory() as directory:
        place, found = Path(directory) / "seat.json", Path(directory) / "verdict.json"
        place.write_text(seat.model_dump_json())
        said = run_pytest(
            *OPTIONS,
            *("-p", "lab.exercise.plugin", "--exercise-seat", str(place), "--exercise-verdict", str(found)),
            *("--exercise-kept", str(seat.kept(exercise)), str(exercise.check)),
        )
        write_log(exercise, seat, said or "")
        if said is None:
            return fault(exercise.name, f"the check did not end within {Deadline(SECONDS).seconds:g} s")
        try:
            return Verdict.model_validate_json(found.read_text())
        except (OSError, ValidationError):
            return fault(exercise.name, f"the check said nothing; pytest said: {last_lines(said, 5)}")


def run_pytest(*arguments: str) -> str | None:
    """What `pytest ARGUMENTS` printed; None when it did not end in its time."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=Deadline(SECONDS).seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout


def write_log(exercise: Exercise, seat: Seat, said: str) -> None:
    """Keep what pytest SAID, with its stack traces, for who wrote the exercise."""
    log = seat.log(exercise)
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with log.open("a") as file:
        file.write(said)

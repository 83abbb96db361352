"""How long each job took in the last nights."""

import json
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from lab.nightly.result import Result

NIGHTS = 30


def last_times(file: Path) -> dict[str, list[float]]:
    """Seconds of the good runs of each job, oldest first; none when FILE is not there."""
    times: dict[str, list[float]] = json.loads(file.read_text()) if file.exists() else {}
    return times


def remember(results: Iterable[Result], file: Path) -> None:
    """Add the times of good RESULTS to FILE."""
    times = last_times(file)
    for result in results:
        if result.is_good:
            times[result.name] = [*times.get(result.name, []), round(result.seconds, 1)][-NIGHTS:]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(times, indent=2) + "\n")


def is_bad(result: Result, before: list[float]) -> bool:
    """Whether somebody has to look at RESULT: it is not good, or could not be had this time, but BEFORE."""
    return bool(before) if result.obstacle else not result.is_good


def usual(times: list[float]) -> float | None:
    """The median of TIMES; None without any."""
    return median(times) if times else None

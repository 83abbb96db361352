"""How long each job took in the nights before, and what it skipped."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from lab.nightly.result import Result

NIGHTS = 30


@dataclass(frozen=True)
class Night:
    """A good run of a job: the SECONDS it took, and how many of its tests were SKIPPED."""

    seconds: float
    skipped: int


def nights_before(file: Path) -> dict[str, list[Night]]:
    """The good runs of each job, oldest first; none when FILE is not there."""
    jobs = json.loads(file.read_text()) if file.exists() else {}
    return {job: [Night(**night) for night in nights] for job, nights in jobs.items()}


def remember(results: Iterable[Result], file: Path) -> None:
    """Add good RESULTS to FILE; what skips more than before is none of them."""
    jobs = nights_before(file)
    for result in results:
        if result.is_good and not skips_more(result, jobs.get(result.name, [])):
            night = Night(round(result.seconds, 1), result.skipped)
            jobs[result.name] = [*jobs.get(result.name, []), night][-NIGHTS:]
    file.parent.mkdir(parents=True, exist_ok=True)
    nights = {job: [asdict(night) for night in nights] for job, nights in jobs.items()}
    file.write_text(json.dumps(nights, indent=2) + "\n")


def is_bad(result: Result, before: Sequence[Night]) -> bool:
    """Whether somebody has to look at RESULT: it is not good, or less of it than BEFORE could be had."""
    if result.obstacle:
        return bool(before)
    return not result.is_good or skips_more(result, before)


def skips_more(result: Result, before: Sequence[Night]) -> bool:
    """Whether more of RESULT was skipped than in any night BEFORE; where there was none, any is right."""
    return bool(before) and result.skipped > most_skipped(before)


def most_skipped(before: Sequence[Night]) -> int:
    """How many tests were skipped at most in the nights BEFORE."""
    return max((night.skipped for night in before), default=0)


def usual(before: Sequence[Night]) -> float | None:
    """The median of the seconds BEFORE; None without any."""
    return median(night.seconds for night in before) if before else None

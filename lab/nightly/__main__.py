"""`python -m lab.nightly [PYTEST ARGUMENTS]`: 0 if all jobs were good, 1 if not, 2 if none can be done.

A job that cannot be done is bad if it was good in a night before; so is one that skips more tests than ever.
"""

import sys
from collections.abc import Sequence
from time import monotonic

from lab.errors import Refused, ToldToEnd
from lab.nightly.history import is_bad, nights_before, remember
from lab.nightly.plan import Job, jobs
from lab.nightly.result import Result, result_of
from lab.nightly.summary import summary
from lab.paths import ROOT
from lab.proof import run_pytest
from lab.stages import forget_stages

REPORTS = ROOT / "reports/nightly"


def main(arguments: Sequence[str]) -> int:
    """Do all jobs with ARGUMENTS for pytest; print the summary and write it beside the reports."""
    planned = list(jobs())
    if all(job.obstacle for job in planned):
        raise Refused("provider", None, "no provider works here; mend what this names: dslab doctor")
    forget_stages()  # each night from nothing
    before = nights_before(REPORTS / "nights.json")
    results = [do(job, arguments) for job in planned]
    remember(results, REPORTS / "nights.json")
    text = summary(results, before)
    (REPORTS / "summary.txt").write_text(text + "\n")
    print(text)  # noqa: T201  for whoever reads the log
    return 1 if any(is_bad(result, before.get(result.name, [])) for result in results) else 0


def do(job: Job, arguments: Sequence[str]) -> Result:
    """Do JOB, unless there is an obstacle to it."""
    if job.obstacle:
        return Result(job.name, obstacle=job.obstacle)
    folder = REPORTS / job.name.replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    junit = folder / "junit.xml"
    junit.unlink(missing_ok=True)
    print(f"== {job.name}", flush=True)  # noqa: T201
    started = monotonic()
    code = run_pytest(*job.arguments(folder), *arguments)
    return result_of(job.name, monotonic() - started, junit, code)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)  # noqa: T201
        sys.exit(2)
    except ToldToEnd as told:
        print(f"failed: {told}", file=sys.stderr)  # noqa: T201
        sys.exit(1)

"""The night in a table, and one line for each test that failed."""

from collections.abc import Iterator, Mapping, Sequence

from lab.nightly.history import Night, is_bad, most_skipped, skips_more, usual
from lab.nightly.result import Result

HEADER = (
    f"{'job':<24}{'result':<8}{'passed':>7}{'failed':>7}{'skipped':>8}{'seconds':>9}{'usual':>8}{'change':>8}"
)


def summary(results: Sequence[Result], before: Mapping[str, Sequence[Night]]) -> str:
    """RESULTS beside the nights BEFORE."""
    return "\n".join(
        [
            HEADER,
            *(row(result, before.get(result.name, [])) for result in results),
            *failures(results),
            *skips(results, before),
        ]
    )


def row(result: Result, before: Sequence[Night]) -> str:
    """RESULT in a line."""
    verdict = "BAD" if is_bad(result, before) else "-" if result.obstacle else "good"
    if result.obstacle:
        return f"{result.name:<24}{verdict:<8}not run: {result.obstacle}"
    known = usual(before)
    change = f"{(result.seconds / known - 1) * 100:+.0f} %" if known else ""
    counts = f"{result.passed:>7}{len(result.failed):>7}{result.skipped:>8}"
    return f"{result.name:<24}{verdict:<8}{counts}{result.seconds:>9.0f}{known or 0:>8.0f}{change:>8}"


def failures(results: Sequence[Result]) -> Iterator[str]:
    """One line for each failed test of RESULTS, and where to look."""
    for result in results:
        for one in result.failed:
            yield f"\n{result.name}: {one.test}: {one.layer or 'no layer'}: {one.message}"
            if one.evidence:
                yield f"    {one.evidence}"


def skips(results: Sequence[Result], before: Mapping[str, Sequence[Night]]) -> Iterator[str]:
    """One line for each of RESULTS of which more was skipped than in the nights BEFORE."""
    for result in results:
        nights = before.get(result.name, [])
        if skips_more(result, nights):
            most = most_skipped(nights)
            yield (
                f"\n{result.name}: {result.skipped} skipped, at most {most} in nights before"
                " (in nights.json, to be removed if that is right)"
            )

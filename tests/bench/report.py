"""What was measured, as Markdown for docs/performance.md."""

import sys
from collections.abc import Iterable, Mapping, Sequence

from tests.bench.measurement import LIMITS, Measurement


def budgets_table(measurements: Iterable[Measurement]) -> str:
    """Budget beside median and single values, one line each."""
    lines = ["| | budget | measured | |", "|---|---|---|---|"]
    for measurement in measurements:
        limit, unit = LIMITS[measurement.budget]
        lines.append(
            f"| {measurement.budget} | {limit:g} {unit} | {number(measurement.median)} {unit} "
            f"| {verdict(measurement)} |"
        )
    return "\n".join(lines)


def verdict(measurement: Measurement) -> str:
    """Whether the budget is met, and of which values the median was taken."""
    word = "within" if measurement.is_within_budget else "**over**"
    return word + spread(measurement.values)


def spread(values: Sequence[float]) -> str:
    """The single values if there are several."""
    return f"; median of {', '.join(map(number, sorted(values)))}" if len(values) > 1 else ""


def sizes_table(title: str, sizes: Mapping[str, float]) -> str:
    """MB by name, the largest first."""
    lines = [f"| {title} | MB |", "|---|---|"]
    lines += [f"| {name} | {size:.0f} |" for name, size in sorted(sizes.items(), key=lambda item: -item[1])]
    return "\n".join(lines)


def number(value: float) -> str:
    """One decimal up to 100, none above."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def progress(what: str) -> None:
    """Say on stderr what is being measured."""
    sys.stderr.write(f"measuring {what}\n")


def write(text: str) -> None:
    """Print a part of the report."""
    sys.stdout.write(f"{text}\n\n")

"""A seat for each exercise, and the table of how each has kept the rule."""

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from lab.cloud import Cloud
from lab.exercise import Seat, record
from lab.exercise.learner import write_clouds_yaml
from lab.labs import Lab
from lab.tenancy import close_project, fresh_project
from tests.e2e.exercises.honesty import HEADER, ROW, Row

TABLE = Path("reports/exercises.txt")


@pytest.fixture
def seat(lab: Lab, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """A fresh seat, whose project has to be empty when the exercise has ended."""
    monkeypatch.setattr(record, "share", lambda _lab: nullcontext())  # the run of the tests holds the lab
    project = fresh_project(cloud, "seat")
    seat = Seat(
        name=project.name,
        lab=lab,
        directory=tmp_path,
        clouds_yaml=tmp_path / "clouds.yaml",
        cloud="seat",
        alone=True,
    )
    write_clouds_yaml(seat, project.user, project.password, project.name)
    yield seat
    close_project(cloud, project)


@pytest.fixture
def row(request: pytest.FixtureRequest) -> Iterator[Row]:
    """The line of the table for the exercise of this test."""
    row = Row(request.node.callspec.id)
    yield row
    request.node.user_properties.append((ROW, row.text()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table, and write it for who reads it later; also of what workers of pytest-xdist did."""
    reports = [
        report
        for kind in ("passed", "failed", "error", "")
        for report in terminalreporter.stats.get(kind, ())
        if getattr(report, "when", "") == "teardown"
    ]
    rows = [value for report in reports for name, value in report.user_properties if name == ROW]
    if not rows:
        return
    lines = ["\t".join(HEADER), *sorted(rows)]
    (config.rootpath / TABLE).parent.mkdir(exist_ok=True)
    (config.rootpath / TABLE).write_text("\n".join(lines) + "\n")
    terminalreporter.section("exercises")
    for line in lines:
        terminalreporter.write_line("".join(cell.ljust(10) for cell in line.split("\t")).rstrip())

"""The plugin of pytest for the check of an exercise: its fixtures, and its verdict.

What a check asserts is for the learner; everything else that it raises is the exercise's fault.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from lab.api import connect
from lab.cloud import Cloud
from lab.deadline import Deadline
from lab.exercise.readonly import ReadOnlySession
from lab.exercise.seat import Seat
from lab.exercise.verdict import Finding, State, Verdict
from lab.fixtures.machines import computes, control, machine
from lab.labs import Lab
from lab.machine import Machine
from lab.project import Project
from lab.provider.byname import provider_called

__all__ = ["computes", "control", "machine"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """What lab/exercise/checking.py says."""
    group = parser.getgroup("exercise")
    group.addoption("--exercise-seat", type=Path, required=True)
    group.addoption("--exercise-verdict", type=Path, required=True)
    group.addoption("--exercise-kept", type=Path, required=True)


def pytest_configure(config: pytest.Config) -> None:
    """Take down what is found."""
    config.pluginmanager.register(Findings(config.option.exercise_verdict))


@pytest.fixture(scope="session")
def seat(pytestconfig: pytest.Config) -> Seat:
    """The seat of the learner."""
    seat = Seat.model_validate_json(pytestconfig.option.exercise_seat.read_text())
    Deadline.slowness = seat.lab.slowness
    return seat


@pytest.fixture(scope="session")
def kept(pytestconfig: pytest.Config) -> Path:
    """The folder in which the scripts have kept what they have to remember."""
    folder: Path = pytestconfig.option.exercise_kept
    return folder


@pytest.fixture(scope="session")
def project(seat: Seat) -> Project:
    """The project of the learner, as they see it; it can be read only."""
    return seat.project(ReadOnlySession)


@pytest.fixture(scope="session")
def cloud(seat: Seat) -> Cloud:
    """The cloud as its administrator sees it; it can be read only."""
    return Cloud(connect("dietstack-admin", seat.lab.clouds_yaml, ReadOnlySession))


@pytest.fixture(scope="session")
def lab(seat: Seat) -> Lab:
    """The lab in which the learner has the seat."""
    return seat.lab


@pytest.fixture(scope="session")
def machines(lab: Lab) -> dict[str, Machine]:
    """The machines of the lab by name."""
    return provider_called(lab.provider).machines(lab)


class Findings:
    """What the tests find, one after the other; written to FILE at the end."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._found: dict[str, Finding] = {}

    def add(self, test: str, now: Finding) -> None:
        """A phase of TEST has found NOW; the worst of its phases counts."""
        order = list(State)
        before = self._found.get(test, now)
        self._found[test] = max((before, now), key=lambda one: order.index(one.state))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A check that cannot be read says nothing of the learner."""
        if report.failed:
            say = last_line(report.longreprtext)
            self.add(report.nodeid, Finding(task=report.nodeid, state=State.FAULT, say=say))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Take down what a phase of the test found."""
        report = yield
        self.add(item.nodeid, finding_of(item, call))
        return report

    def pytest_sessionfinish(self) -> None:
        """Hand over the verdict."""
        self._file.write_text(Verdict(findings=tuple(self._found.values())).model_dump_json())


def task_of(item: pytest.Item) -> str:
    """What ITEM is about, as its docstring says in its first line."""
    words: Any = getattr(item, "obj", None)
    return (words.__doc__ or item.name).strip().splitlines()[0].rstrip(".")


def finding_of(item: pytest.Item, call: pytest.CallInfo[None]) -> Finding:
    """What a phase of ITEM says of its task."""
    task = task_of(item)
    if call.excinfo is None:
        return Finding(task=task, state=State.DONE)
    error = call.excinfo.value
    say = str(error).strip()
    if isinstance(error, AssertionError | pytest.fail.Exception) and say:
        return Finding(task=task, state=State.MISSING, say=say)
    entries = call.excinfo.traceback
    last = next((entry for entry in reversed(entries) if entry.path == item.path), entries[-1])
    place = f"{Path(last.path).name}, line {last.lineno + 1}"
    return Finding(task=task, state=State.FAULT, say=f"{type(error).__name__} in {place}: {say}".rstrip(": "))


def last_line(text: str) -> str:
    """The last line of TEXT that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it cannot be read")

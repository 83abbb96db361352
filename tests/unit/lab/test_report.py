import pytest

from lab.report import Event, Report, State


def words(report: Report) -> list[str]:
    return [f"{event.stage} {event.state} {event.text}".strip() for event in report.events]


def test_a_stage_tells_what_happens_to_it() -> None:
    heard: list[Event] = []
    report = Report(heard.append)
    with report.stage("boot") as stage:
        stage.waiting_for("ssh")
    assert words(report) == ["boot started", "boot waiting for ssh", "boot done"]
    assert heard == report.events


def test_a_stage_that_an_error_leaves_has_failed() -> None:
    report = Report()
    with pytest.raises(ValueError, match="no disk"), report.stage("boot"):
        raise ValueError("no disk")
    assert words(report) == ["boot started", "boot failed no disk"]


def test_an_interrupted_stage_has_failed_as_well() -> None:
    report = Report()
    with pytest.raises(KeyboardInterrupt), report.stage("boot"):
        raise KeyboardInterrupt
    assert report.events[-1].state is State.FAILED
    assert report.events[-1].text == "KeyboardInterrupt"

"""What a check says: to the learner what is missing, of itself that it failed."""

import pytest

from lab.exercise import Seat, State, checking
from lab.exercise.checking import look
from tests.unit.lab.exercise.conftest import Write

HEAD = "import pytest\nfrom openstack.exceptions import SDKException\n"


def checking_of(body: str, fixtures: str = "") -> str:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    arguments = "thing" if fixtures else ""
    return f'{HEAD}{fixtures}\ndef test_it({arguments}) -> None:\n    """The task."""\n{lines}\n'


def test_done(write: Write, seat: Seat) -> None:
    verdict = look(write(), seat)
    assert verdict.passed
    assert [(one.task, one.state, one.say) for one in verdict.findings] == [("One thing", State.DONE, "")]


@pytest.mark.parametrize(
    ("body", "fixtures", "said"),
    [
        ("assert 1 == 2, 'There is no such thing.'", "", "There is no such thing."),
        ("pytest.fail('It is no address.')", "", "It is no address."),
        (
            "assert thing, 'x'",
            "@pytest.fixture\ndef thing():\n    assert 0, 'There is none yet.'\n",
            "There is none yet.",
        ),
    ],
)
def test_missing(write: Write, seat: Seat, body: str, fixtures: str, said: str) -> None:
    verdict = look(write(check_py=checking_of(body, fixtures)), seat)
    assert verdict.state is State.MISSING
    assert [(one.task, one.say) for one in verdict.findings] == [("The task", said)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{}['key']", "KeyError in check.py, line 6: 'key'"),
        ("raise SDKException('no answer')", "SDKException in check.py, line 6: no answer"),
        ("assert 1 == 2", "AssertionError in check.py, line 6"),
        ("pytest.skip('not today')", "Skipped in check.py, line 6: not today"),
    ],
)
def test_an_error_is_the_exercises_fault(write: Write, seat: Seat, body: str, said: str) -> None:
    verdict = look(write(check_py=checking_of(body)), seat)
    assert [(one.state, one.say) for one in verdict.findings] == [(State.FAULT, said)]
    assert not verdict.passed


def test_a_check_that_is_no_python_is_the_exercises_fault(write: Write, seat: Seat) -> None:
    verdict = look(write(check_py="def broken(:\n"), seat)
    assert verdict.state is State.FAULT
    assert "SyntaxError" in verdict.findings[0].say


def test_a_check_without_tests_is_the_exercises_fault(write: Write, seat: Seat) -> None:
    assert look(write(check_py="x = 1\n"), seat).state is State.FAULT


def test_a_check_that_ends_the_process_is_the_exercises_fault(write: Write, seat: Seat) -> None:
    verdict = look(write(check_py=checking_of("import os; os._exit(0)")), seat)
    assert [one.state for one in verdict.findings] == [State.FAULT]
    assert "the check said nothing" in verdict.findings[0].say


def test_a_check_that_hangs_is_the_exercises_fault(
    write: Write, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "SECONDS", 3)
    verdict = look(write(check_py=checking_of("import time; time.sleep(60)")), seat)
    assert [one.say for one in verdict.findings] == ["the check did not end within 3 s"]


def test_a_cloud_that_does_not_answer_is_not_the_learners_fault(write: Write, seat: Seat) -> None:
    body = "def test_it(project) -> None:\n    project.api.compute.get_server('x')\n"
    assert look(write(check_py=body), seat).state is State.FAULT


def test_a_check_that_would_change_something_is_stopped(write: Write, seat: Seat) -> None:
    body = """\
from lab.exercise.readonly import ReadOnlySession

def test_it() -> None:
    ReadOnlySession().request("http://127.0.0.1:9/servers", "DELETE")
"""
    verdict = look(write(check_py=body), seat)
    assert [one.state for one in verdict.findings] == [State.FAULT]
    assert "a check reads, and this one wants to DELETE" in verdict.findings[0].say


def test_the_trace_is_kept_for_who_wrote_it(write: Write, seat: Seat) -> None:
    exercise = write(check_py=checking_of("{}['key']"))
    look(exercise, seat)
    assert "KeyError" in seat.log(exercise).read_text()

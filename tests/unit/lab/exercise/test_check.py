"""What a check says: to the learner what is missing, of itself that it failed."""

import pytest

from lab.exercise import Seat, State, checking
from lab.exercise.checking import look
from tests.unit.lab.exercise.conftest import Write


def test_done(write: Write, seat: Seat) -> None:
    verdict = look(write(), seat)
    assert verdict.passed
    assert [(one.task, one.state, one.say) for one in verdict.findings] == [("One thing", State.DONE, "")]


MISSING = """
import pytest

@pytest.fixture
def thing():
    assert 0, "There is none yet."

def test_plain():
    assert [1] == [2], "There is no such thing."

def test_in_words():
    '''One thing.

    And more of it for who writes checks.
    '''
    pytest.fail("It is no address.")

def test_with_a_fixture(thing):
    assert thing, "x"
"""
FAULTY = """
import pytest
from openstack.exceptions import SDKException

def test_mistake():
    {}["key"]

def test_cloud():
    raise SDKException("no answer")

def test_without_words():
    assert 1 == 2

def test_skipped():
    pytest.skip("not today")

def test_done():
    pass
"""


def test_what_is_asserted_is_for_the_learner(write: Write, seat: Seat) -> None:
    verdict = look(write(check_py=MISSING), seat)
    assert verdict.state is State.MISSING
    assert [(one.task, one.say) for one in verdict.findings] == [
        ("test_plain", "There is no such thing."),
        ("One thing", "It is no address."),
        ("test_with_a_fixture", "There is none yet."),
    ]


def test_an_error_is_the_exercises_fault(write: Write, seat: Seat) -> None:
    exercise = write(check_py=FAULTY)
    verdict = look(exercise, seat)
    assert verdict.state is State.FAULT
    assert [(one.state, one.say) for one in verdict.findings] == [
        (State.FAULT, "KeyError in check.py, line 6: 'key'"),
        (State.FAULT, "SDKException in check.py, line 9: no answer"),
        (State.FAULT, "AssertionError in check.py, line 12"),
        (State.FAULT, "Skipped in check.py, line 15: not today"),
        (State.DONE, ""),
    ]
    assert "test_mistake" in seat.log(exercise).read_text()  # with its trace, for who wrote it


def test_a_check_that_is_no_python_is_the_exercises_fault(write: Write, seat: Seat) -> None:
    verdict = look(write(check_py="def broken(:\n"), seat)
    assert verdict.state is State.FAULT
    assert "SyntaxError" in verdict.findings[0].say


def test_a_check_without_tests_is_the_exercises_fault(write: Write, seat: Seat) -> None:
    assert look(write(check_py="x = 1\n"), seat).state is State.FAULT


def test_a_check_that_ends_the_process_is_the_exercises_fault(write: Write, seat: Seat) -> None:
    verdict = look(write(check_py="import os\n\ndef test_it():\n    os._exit(0)\n"), seat)
    assert [one.state for one in verdict.findings] == [State.FAULT]
    assert "the check said nothing" in verdict.findings[0].say


def test_a_check_that_hangs_is_the_exercises_fault(
    write: Write, seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "SECONDS", 3)
    verdict = look(write(check_py="import time\n\ndef test_it():\n    time.sleep(60)\n"), seat)
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

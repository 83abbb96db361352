"""What a check says: to the learner what is missing, of itself that it failed."""

import os

import pytest

from lab.exercise import Seat, State, checking
from lab.exercise.checking import look
from tests.unit.lab.exercise.conftest import Write, ends_soon


def test_done(write: Write, seat: Seat) -> None:
    verdict = look(write(), seat)
    assert verdict.passed
    assert [(one.task, one.state, one.say) for one in verdict.findings] == [("One thing", State.DONE, "")]
    assert verdict.messages == ()


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
    assert verdict.messages[1] == "One thing: It is no address."


def test_an_error_is_the_exercises_fault(write: Write, seat: Seat) -> None:
    exercise = write(check_py=FAULTY)
    verdict = look(exercise, seat)
    assert verdict.state is State.FAULT
    assert not any(said.startswith("test_done") for said in verdict.messages)
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


HALF = """
import os
import signal

def test_one_thing():
    pass

def test_another_thing():
    os.kill(os.getpid(), signal.SIGINT)

def test_a_third_thing():
    assert 0, "It is not there."
"""


def test_a_check_that_did_not_come_to_its_end_passes_nobody(write: Write, seat: Seat) -> None:
    verdict = look(write(check_py=HALF), seat)
    assert verdict.state is State.FAULT
    assert "the check did not look at everything" in verdict.findings[0].say


CTRL_C = """
import os
import signal
import subprocess

def test_it(kept):
    started = subprocess.Popen(["sleep", "600"])
    (kept / "pid").write_text(str(started.pid))
    os.kill(os.getppid(), signal.SIGINT)
    started.wait()
"""


def test_ctrl_c_ends_a_check_with_all_that_it_started(write: Write, seat: Seat) -> None:
    exercise = write(check_py=CTRL_C)
    seat.kept(exercise).mkdir(parents=True)
    with pytest.raises(KeyboardInterrupt):
        look(exercise, seat)
    assert ends_soon(int((seat.kept(exercise) / "pid").read_text()))


def test_a_check_is_out_of_reach_of_who_types_ctrl_c(write: Write, seat: Seat) -> None:
    body = f"import os\n\ndef test_it():\n    assert os.getsid(0) != {os.getsid(0)}, 'reached'\n"
    assert look(write(check_py=body), seat).passed


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

"""Exercises that break machines: the check fails, the solution runs, the check passes, a reset undoes it."""

import pytest

from lab.errors import Refused
from lab.exercise import Access, Exercise, Seat, all_exercises, refuse_what_lacks
from tests.e2e.exercises.honesty import Row, prove

HERE = [pytest.param(one, id=one.name) for one in all_exercises() if one.needs.access is Access.MACHINES]


@pytest.mark.destructive
@pytest.mark.parametrize("exercise", HERE)
def test_is_honest(exercise: Exercise, seat: Seat, row: Row) -> None:
    try:
        refuse_what_lacks(exercise, seat)
    except Refused as refusal:
        pytest.skip(str(refusal))
    prove(exercise, seat, row)

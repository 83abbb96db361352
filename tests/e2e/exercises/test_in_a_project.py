"""Exercises that disturb nobody: the check fails, the solution runs, the check passes, a reset undoes it."""

import pytest

from lab.exercise import Access, Exercise, Seat, all_exercises
from tests.e2e.exercises.honesty import Row, prove

HERE = [pytest.param(one, id=one.name) for one in all_exercises() if one.needs.access is not Access.MACHINES]


@pytest.mark.parametrize("exercise", HERE)
def test_is_honest(exercise: Exercise, seat: Seat, row: Row) -> None:
    prove(exercise, seat, row)

"""Exercises that break machines: the check fails, the solution runs, the check passes, a reset undoes it."""

import pytest

from lab.exercise import Access, Exercise, Seat, all_exercises
from tests.e2e.exercises.honesty import Row, prove

HERE = [pytest.param(one, id=one.name) for one in all_exercises() if one.needs.access is Access.MACHINES]


@pytest.mark.destructive
@pytest.mark.parametrize("exercise", HERE)
def test_is_honest(exercise: Exercise, seat: Seat, row: Row) -> None:
    has = len(seat.lab.scenario.compute_machines)
    if exercise.needs.computes > has:
        pytest.skip(f"it needs {exercise.needs.computes} machines that compute, the lab has {has}")
    prove(exercise, seat, row)

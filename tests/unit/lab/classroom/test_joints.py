"""What a class knows of the exercises of the checkout."""

import pytest

from lab.classroom.joints import ExercisesOfTheCheckout


@pytest.mark.parametrize(
    ("name", "lab", "machines", "computes"),
    [("volumes", False, False, 0), ("identity", True, False, 0), ("outage", True, True, 2)],
)
def test_what_an_exercise_needs(name: str, lab: bool, machines: bool, computes: int) -> None:
    found = ExercisesOfTheCheckout().all()[name]
    assert (found.needs_lab, found.needs_machines, found.computes) == (lab, machines, computes)

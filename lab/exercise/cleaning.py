"""A seat without anything of an exercise: its project as it was when it was new."""

from contextlib import closing

from lab.api import connect
from lab.cloud import Cloud
from lab.exercise.seat import Seat
from lab.tenancy import renew


def clean(seat: Seat) -> None:
    """Delete what is in the project of SEAT, also what the learner has protected from that."""
    project = seat.project()
    with closing(project.api), closing(connect("dietstack-admin", seat.lab.clouds_yaml)) as admin:
        renew(Cloud(admin), project)

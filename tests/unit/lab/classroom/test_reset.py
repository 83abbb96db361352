"""A seat is set up anew, alone, and whatever was under way in it has ended."""

import pytest

from lab.classroom import work
from lab.classroom.classes import hold_class, hold_seat
from lab.classroom.making import reset_seat, take_class_down
from lab.classroom.seat import SeatState
from lab.deadline import Deadline
from lab.errors import LabError, Layer, Refused
from lab.holding import hold
from lab.labs import find_lab
from lab.report import Report
from tests.unit.lab.classroom.school import ROOMY, School

REPORT = Report()


def test_reset_touches_one_seat_and_keeps_its_credentials(school: School) -> None:
    classroom = school.make()
    before = {seat.name: seat for seat in classroom.all_seats}
    files = {file: file.read_bytes() for file in classroom.directory.rglob("seat[13]/*")}
    reset_seat(classroom, "seat2", REPORT)
    assert school.set_up.count("seat2") == 2
    assert len(school.set_up) == 4
    assert {seat.name: seat for seat in classroom.all_seats} == before
    assert {file: file.read_bytes() for file in files} == files
    assert not school.restored


def test_reset_of_a_lab_restores_it(school: School) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind="lab", seats=2)
    before = classroom.all_seats
    school.projects["monday-seat2"] = {"made by the learner"}
    reset_seat(classroom, "seat2", REPORT)
    assert school.restored == ["monday-seat2"]
    assert school.projects["monday-seat2"] == {"seat2"}
    assert sorted(school.set_up) == ["seat1", "seat2"]
    assert classroom.all_seats == before


def test_a_lab_that_is_had_again_gives_the_quota_that_the_plan_has_now(school: School) -> None:
    school.has(3 * ROOMY.memory)
    school.make(kind="lab", seats=2)
    classroom = school.make(kind="lab", seats=2, quota={"ram": 192})
    school.quotas.clear()
    reset_seat(classroom, "seat2", REPORT)
    quota = classroom.seat("seat2").quota
    assert quota is not None
    assert (school.quotas, quota.ram) == (["seat2"], 192)


def test_a_seat_that_its_lab_did_not_have_when_it_was_kept_is_made_again(school: School) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind="lab", seats=2)
    school.kept_projects["monday-seat2"] = set()
    reset_seat(classroom, "seat2", REPORT)
    assert sorted(school.set_up) == ["seat1", "seat2", "seat2"]
    assert classroom.seat("seat2").state is SeatState.READY


def test_reset_of_a_lab_that_cannot_be_restored_is_refused_and_its_work_is_not_taken_for_the_beginning(
    school: School,
) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind="lab", seats=2)
    school.saved.remove("monday-seat2")
    with pytest.raises(Refused, match="it is lost"):
        reset_seat(classroom, "seat2", REPORT)
    assert school.make(kind="lab", seats=2).seat("seat2").state is SeatState.READY
    assert (school.saved, len(school.set_up)) == (["monday-seat1"], 2)


@pytest.mark.parametrize("kind", ["project", "lab"])
def test_a_reset_that_is_refused_costs_nothing_then_nor_later(school: School, kind: str) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind=kind, seats=2)
    before = len(school.set_up)
    with hold(find_lab(classroom.lab_of("seat2"))), pytest.raises(Refused, match="is at work with it"):
        reset_seat(classroom, "seat2", REPORT)
    assert classroom.seat("seat2").state is SeatState.READY
    school.make(kind=kind, seats=2)
    assert (len(school.set_up), school.restored) == (before, [])


def test_the_next_start_of_the_class_ends_the_reset_of_a_lab_that_failed(school: School) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind="lab", seats=2, exercises=["volumes"])
    work.start(classroom, "seat2", "volumes")
    school.failing = {"monday-seat2"}
    with pytest.raises(LabError, match="control does not answer"):
        reset_seat(classroom, "seat2", REPORT)
    with pytest.raises(LabError, match="monday-seat2: machine: control does not answer"):
        school.make(kind="lab", seats=2, exercises=["volumes"])
    assert (school.restored, classroom.seat("seat2").state) == ([], SeatState.MAKING)
    school.failing = set()
    school.make(kind="lab", seats=2, exercises=["volumes"])
    assert (school.restored, school.booted[-1]) == (["monday-seat2"], "monday-seat2")
    assert school.room.calls[-1] == ("forget", "seat2", "volumes")
    assert (school.set_up[-1], classroom.seat("seat2").state) == ("seat2", SeatState.READY)
    assert sorted(school.saved) == ["monday-seat1", "monday-seat2"]


def test_a_lab_that_nobody_sat_at_is_not_had_again(school: School) -> None:
    school.has(3 * ROOMY.memory)
    school.failing = {"seat2"}
    with pytest.raises(LabError):
        school.make(kind="lab", seats=2)
    school.failing = set()
    school.make(kind="lab", seats=2)
    assert (sorted(school.saved), school.restored) == (["monday-seat1", "monday-seat2"], [])


def test_reset_ends_the_exercise_that_is_under_way(school: School) -> None:
    classroom = school.make(exercises=["networks", "volumes"])
    work.start(classroom, "seat2", "volumes")
    reset_seat(classroom, "seat2", REPORT)
    assert school.room.calls[-1] == ("stop", "seat2", "volumes")


def test_an_exercise_that_a_reset_could_not_end_ends_with_the_next_start_of_the_class(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stuck(*_arguments: object) -> None:
        raise LabError(Layer.SERVICE, "stuck")

    classroom = school.make(exercises=["volumes"])
    work.start(classroom, "seat2", "volumes")
    with monkeypatch.context() as patch:
        patch.setattr(work, "end", stuck)
        with pytest.raises(LabError, match="stuck"):
            reset_seat(classroom, "seat2", REPORT)
    school.make(exercises=["volumes"])
    assert school.room.calls[-1] == ("stop", "seat2", "volumes")
    assert classroom.seat("seat2").state is SeatState.READY


def test_an_exercise_in_a_lab_that_is_had_again_has_ended_with_it(school: School) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind="lab", seats=2, exercises=["volumes"])
    work.start(classroom, "seat2", "volumes")
    reset_seat(classroom, "seat2", REPORT)
    assert school.room.calls[-1] == ("forget", "seat2", "volumes")


def test_an_exercise_in_a_lab_that_was_removed_has_ended_with_it(school: School) -> None:
    work.start(school.make(exercises=["volumes"]), "seat2", "volumes")
    school.take_down(find_lab("monday"), REPORT)
    school.make(exercises=["volumes"])
    assert school.room.calls[-1] == ("forget", "seat2", "volumes")


def test_nobody_takes_the_lab_away_while_a_seat_is_set_up(school: School) -> None:
    def take_it(_seat: str) -> None:
        with (
            pytest.raises(Refused, match=r"lab 'monday': .* is at work with it; wait for it or end it"),
            hold(find_lab("monday")),
        ):
            pass

    school.during_set_up = take_it
    assert len(school.make().seats) == 3


def test_an_exercise_that_the_class_has_no_more_ends_with_the_next_one(school: School) -> None:
    work.start(school.make(exercises=["networks", "volumes"]), "seat2", "volumes")
    work.start(school.make(exercises=["networks"]), "seat2", "networks")
    assert school.room.calls[-2:] == [("stop", "seat2", "volumes"), ("start", "seat2", "networks")]


def test_reset_ends_an_exercise_that_the_class_has_no_more(school: School) -> None:
    work.start(school.make(exercises=["volumes"]), "seat2", "volumes")
    reset_seat(school.make(exercises=[]), "seat2", REPORT)
    assert school.room.calls[-1] == ("stop", "seat2", "volumes")


def test_a_seat_that_could_not_be_set_up_is_seen_to_be_so(school: School) -> None:
    classroom = school.make()
    school.failing = {"seat2"}
    with pytest.raises(LabError):
        reset_seat(classroom, "seat2", REPORT)
    assert classroom.seat("seat2").state is SeatState.MAKING
    school.failing = set()
    reset_seat(classroom, "seat2", REPORT)
    assert classroom.seat("seat2").state is SeatState.READY


def test_two_are_not_at_work_with_the_same_seat(school: School) -> None:
    classroom = school.make()
    with hold_seat(classroom, "seat1"):
        with pytest.raises(Refused, match=r"seat 'seat1': process .* is at work with it"):
            reset_seat(classroom, "seat1", REPORT)
        reset_seat(classroom, "seat2", REPORT)
        with pytest.raises(Refused, match=r"^class 'monday': process that works with a seat is at work"):
            take_class_down(classroom, REPORT)


def test_who_makes_seats_keeps_others_away(school: School) -> None:
    classroom = school.make()
    with hold_class("monday"), pytest.raises(Refused, match=r"class 'monday': process .* is at work"):
        reset_seat(classroom, "seat1", REPORT)
    with pytest.raises(Refused, match="seat 'seat9': class monday has seat1, seat2, seat3"):
        reset_seat(classroom, "seat9", REPORT)


def test_a_slow_lab_has_more_time(school: School) -> None:
    classroom = school.make()
    find_lab("monday").save(slowness=4.0)
    reset_seat(classroom, "seat1", REPORT)
    assert Deadline.slowness == 4.0

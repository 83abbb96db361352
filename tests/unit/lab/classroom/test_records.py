"""What a class has on file: damaged, several of them, told without its secrets."""

import json

import pytest

from lab import exercise
from lab.classroom.checked import read_checked
from lab.classroom.classes import chosen_class, class_names
from lab.classroom.making import add_seat, take_class_down
from lab.classroom.standing import standing_of
from lab.errors import Refused
from lab.report import Report
from tests.unit.lab.classroom.school import ROOMY, School, names

REPORT = Report()


def test_a_damaged_class_is_refused(school: School) -> None:
    classroom = school.make()
    (classroom.directory / "class.json").write_text("{")
    with pytest.raises(Refused, match="is damaged or of another release"):
        chosen_class("monday")


def test_a_damaged_seat_is_told_and_keeps_the_class_from_being_made_anew(school: School) -> None:
    classroom = school.make(spares=1)
    folder = classroom.seat("seat2").directory
    (folder / "seat.json").write_text('{"name": "seat2", "of": "another release"}')
    mend = f"remove {folder}, and a lab of its own with dslab down"
    said = f"seat 'seat2': {folder}/seat.json is damaged or of another release; {mend}"
    standing = standing_of(classroom)
    assert (names(standing.seats), standing.is_well) == (["seat1", "seat3", "seat4"], False)
    assert standing.sick == {"monday": [said]}
    assert add_seat(classroom, REPORT).name == "seat4"
    assert add_seat(classroom, REPORT).name == "seat5"
    with pytest.raises(Refused) as refused:
        school.make(spares=1)
    assert str(refused.value) == said


def test_a_class_with_a_damaged_seat_goes_with_all_its_labs(school: School) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind="lab", seats=2)
    (classroom.seat("seat2").directory / "seat.json").write_text("{")
    take_class_down(classroom, REPORT)
    assert school.taken_down == ["monday-seat1", "monday-seat2"]
    assert class_names() == []


def test_a_damaged_record_is_told(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    def damaged(*_arguments: object) -> None:
        raise Refused("networks.json", None, "it is damaged")

    classroom = school.make(exercises=["networks"])
    monkeypatch.setattr(exercise, "record_of", damaged)
    standing = standing_of(classroom)
    assert set(standing.passed.values()) == {0}
    assert standing.sick == {"monday": ["networks.json: it is damaged"] * 3}


def test_damaged_checks_are_refused(school: School) -> None:
    seat = school.make().seat("seat1")
    (seat.directory / "checked.json").write_text("{")
    with pytest.raises(Refused, match=r"checked\.json: it is damaged or of another release; remove it$"):
        read_checked(seat)


def test_one_of_several_has_to_be_named(school: School) -> None:
    with pytest.raises(Refused, match="name one of those that there are: none; `dslab class up` makes one"):
        chosen_class()
    school.make()
    assert chosen_class().name == "monday"
    school.make(name="tuesday")
    with pytest.raises(Refused, match="name one of those that there are: monday, tuesday"):
        chosen_class()


def test_the_standing_tells_no_secret(school: School) -> None:
    classroom = school.make(spares=1)
    school.sick = {"monday": ["nova-compute on compute1: down"]}
    standing = standing_of(classroom)
    told = json.dumps(standing.as_json())
    assert not standing.is_well
    assert "nova-compute on compute1: down" in told
    assert not [one for seat in classroom.all_seats for one in (seat.password, seat.token) if one in told]

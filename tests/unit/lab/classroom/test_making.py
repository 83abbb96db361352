"""Classes come up, grow, are changed and removed."""

import stat
from errno import ENOSPC
from typing import Any

import pytest

from lab.classroom import making, work
from lab.classroom.classes import chosen_class, class_called, class_names
from lab.classroom.making import add_seat, reset_seat, take_class_down
from lab.classroom.seat import SeatState
from lab.classroom.standing import standing_of
from lab.cli.classes import welcome
from lab.errors import LabError, Layer, Refused
from lab.labs import all_labs, create_lab, find_lab
from lab.report import Report
from tests.unit.lab.classroom.school import ROOMY, School, names

REPORT = Report()


def test_seats_are_projects_of_one_lab_with_credentials_of_their_own(school: School) -> None:
    classroom = school.make(spares=1)
    assert names(classroom.seats) == ["seat1", "seat2", "seat3"]
    assert names(classroom.spares) == ["seat4"]
    assert sorted(school.set_up) == ["seat1", "seat2", "seat3", "seat4"]
    assert (school.brought_up, {seat.lab for seat in classroom.all_seats}) == (["monday"], {"monday"})
    secrets = [
        secret
        for seat in classroom.all_seats
        for secret in (seat.password, seat.token, seat.key.private, seat.key.public)
    ]
    assert len(set(secrets)) == 4 * 4
    assert all(seat.state is SeatState.READY for seat in classroom.all_seats)


def test_all_of_a_class_is_for_its_owner_alone(school: School) -> None:
    classroom = school.make()
    files = [file for file in classroom.directory.rglob("*") if file.is_file() and file.name != "lock"]
    assert {file.name for file in files} >= {"class.json", "seat.json", "clouds.yaml", "handout.pdf"}
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    folders = [classroom.directory, *(file for file in classroom.directory.rglob("*") if file.is_dir())]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_each_seat_may_have_a_lab_of_its_own(school: School) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind="lab", seats=2)
    assert school.brought_up == ["monday-seat1", "monday-seat2"] == classroom.labs
    assert "dietstack-admin" in classroom.seat("seat1").clouds_yaml.read_text()


def test_typed_again_it_starts_what_is_down_and_changes_nothing(school: School) -> None:
    before = school.make()
    assert school.make() == before
    assert school.brought_up == ["monday", "monday"]  # after a reboot of the host its machines are down
    assert len(school.set_up) == 3
    assert before.all_seats == chosen_class("monday").all_seats


def test_an_interrupted_one_goes_on(school: School) -> None:
    def interrupt(seat: str) -> None:
        if seat == "seat2":
            raise KeyboardInterrupt

    school.during_set_up = interrupt
    with pytest.raises(KeyboardInterrupt):
        school.make()
    assert class_names() == ["monday"]
    before = {seat.name: seat.password for seat in chosen_class().all_seats}
    school.during_set_up = lambda _seat: None
    classroom = school.make()
    assert {seat.name: seat.password for seat in classroom.all_seats} == before
    assert {seat.state for seat in classroom.all_seats} == {SeatState.READY}
    assert school.set_up.count("seat1") == 1


def test_a_seat_that_fails_keeps_no_other_from_being_ready(school: School) -> None:
    school.failing = {"seat2"}
    with pytest.raises(LabError, match="seat2: service: the cloud does not answer"):
        school.make()
    states = {seat.name: seat.state for seat in chosen_class().all_seats}
    assert states == {"seat1": SeatState.READY, "seat2": SeatState.MAKING, "seat3": SeatState.READY}
    assert not standing_of(chosen_class()).is_well


def test_a_lab_that_fails_is_named_and_the_others_have_their_seats(school: School) -> None:
    school.has(4 * ROOMY.memory)
    school.failing = {"monday-seat1"}
    with pytest.raises(LabError, match="monday-seat1: machine: compute1 is not up"):
        school.make(kind="lab", seats=2)
    assert school.set_up == ["seat2"]


def test_a_start_that_fails_leaves_what_is_in_the_seats(school: School) -> None:
    school.has(3 * ROOMY.memory)
    before = school.make(kind="lab", seats=2).all_seats
    school.failing = {"monday-seat2"}
    with pytest.raises(LabError, match="monday-seat2: machine: compute1 is not up"):
        school.make(kind="lab", seats=2)
    school.failing = set()
    assert school.make(kind="lab", seats=2).all_seats == before
    assert sorted(school.set_up) == ["seat1", "seat2"]
    assert sorted(school.saved) == ["monday-seat1", "monday-seat2"]


def test_what_a_lab_was_first_is_kept_by_a_later_start_if_the_first_was_interrupted(school: School) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    school.has(3 * ROOMY.memory)
    school.during_save = interrupt
    with pytest.raises(KeyboardInterrupt):
        school.make(kind="lab", seats=2)
    school.during_save = lambda: None
    school.make(kind="lab", seats=2)
    assert sorted(school.saved) == ["monday-seat1", "monday-seat2"]


def test_a_lab_that_cannot_be_kept_keeps_no_other_from_being_made(school: School) -> None:
    def fill() -> None:
        raise OSError(ENOSPC, "No space left on device")

    school.has(3 * ROOMY.memory)
    school.during_save = fill
    with pytest.raises(LabError, match=r"(?s)seat[12]: .*No space left.*seat[12]: .*No space left"):
        school.make(kind="lab", seats=2)
    assert {seat.state for seat in chosen_class("monday").all_seats} == {SeatState.MAKING}


def test_a_lab_that_was_removed_is_made_anew_with_its_seats(school: School) -> None:
    classroom = school.make()
    school.take_down(find_lab("monday"), REPORT)
    assert school.make().all_seats == classroom.all_seats
    assert len(school.set_up) == 6


@pytest.mark.parametrize("kind", ["project", "lab"])
def test_a_seat_whose_project_a_restore_took_away_is_told_and_made_again(school: School, kind: str) -> None:
    school.has(3 * ROOMY.memory)
    classroom = school.make(kind=kind, seats=2, exercises=["networks"])
    work.start(classroom, "seat2", "networks")
    lab = classroom.lab_of("seat2")
    school.projects[lab].remove("seat2")
    standing = standing_of(classroom)
    assert (standing.is_well, standing.sick[lab]) == (
        False,
        ["seat2 has no project in it; `dslab class up` makes it again"],
    )
    again = school.make(kind=kind, seats=2, exercises=["networks"])
    assert again.all_seats == classroom.all_seats
    assert sorted(school.set_up) == ["seat1", "seat2", "seat2"]
    assert school.room.calls[-1] == ("forget", "seat2", "networks")
    assert standing_of(again).is_well


def test_a_plan_that_changed_is_taken_up(school: School) -> None:
    school.make(spares=1)
    classroom = school.make(spares=1, seats=4, title="Next steps", quota={"ram": 192})
    assert names(classroom.seats) == ["seat1", "seat2", "seat3", "seat5"]
    assert "Next steps" in classroom.seat("seat1").html.read_text()
    assert "192 MiB" in classroom.seat("seat1").html.read_text()
    assert sorted(school.quotas) == ["seat1", "seat2", "seat3", "seat4"]
    assert school.set_up[-1] == "seat5"


def test_a_quota_that_changed_is_given_though_a_seat_fails_or_the_start_before_was_interrupted(
    school: School,
) -> None:
    school.make()
    school.failing = {"seat4"}
    with pytest.raises(LabError, match="seat4"):
        school.make(seats=4, quota={"ram": 192})
    assert sorted(school.quotas) == ["seat1", "seat2", "seat3"]
    school.quotas.clear()
    school.failing = {"monday"}
    with pytest.raises(LabError, match="monday"):
        school.make(seats=4, quota={"ram": 256})
    school.failing = set()
    school.make(seats=4, quota={"ram": 256})
    assert sorted(school.quotas) == ["seat1", "seat2", "seat3"]


def test_a_quota_that_has_not_changed_is_not_given_again(school: School) -> None:
    school.make()
    school.make()
    assert school.quotas == []


def test_a_quota_that_changed_is_given_when_the_exercise_has_ended(school: School) -> None:
    classroom = school.make(exercises=["networks"])
    work.start(classroom, "seat2", "networks")
    classroom = school.make(exercises=["networks"], quota={"ram": 192})
    assert sorted(school.quotas) == ["seat1", "seat3"]
    assert "192 MiB" not in classroom.seat("seat2").html.read_text()
    assert "The quota of seat2 is as it was: an exercise is under way there" in welcome(classroom)
    reset_seat(classroom, "seat2", REPORT)
    assert "192 MiB" in classroom.seat("seat2").html.read_text()
    assert "The quota of" not in welcome(classroom)
    school.make(exercises=["networks"], quota={"ram": 192})
    assert sorted(school.quotas) == ["seat1", "seat3"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "lab"}, "kind 'lab': class monday is there with project; keep that, or: dslab class down"),
        ({"scenario": "multinode"}, "scenario 'multinode': class monday is there with roomy"),
        (
            {"exercises": ["flying"]},
            "exercises 'flying': there are networks, volumes, users, dhcp, spread, firewall",
        ),
        ({"exercises": ["users"]}, "exercises 'users': it needs the administrator of a cloud, which seats"),
        ({"exercises": ["dhcp"]}, "exercises 'dhcp': no seat has a way into the machines; it is for who"),
        ({"exercises": ["spread"]}, "exercises 'spread': it needs 2 machines that only compute, roomy has 1"),
        (
            {"exercises": ["firewall"], "quota": {"ram": 128}},
            "quota.ram 128: exercise firewall takes 192; give that much, or leave the exercise out",
        ),
        ({"exercises": ["firewall"], "quota": {"cores": 0}}, "quota.cores 0: exercise firewall takes 1"),
        (
            {"exercises": ["firewall"], "quota": {"floating_ips": 0}},
            "quota.floating_ips 0: exercise firewall takes 1",
        ),
        ({"seats": 9}, "seats 9: 9 wanted as project; there is room for 8 as projects of one lab"),
    ],
)
def test_what_cannot_be_is_refused_and_all_stays_as_it_is(
    school: School, changes: dict[str, Any], said: str
) -> None:
    before = school.make()
    with pytest.raises(Refused) as refused:
        school.make(**changes)
    assert str(refused.value).startswith(said)
    assert class_called("monday") == before
    assert len(before.all_seats) == 3


def test_in_labs_of_their_own_learners_are_administrators_and_not_root(school: School) -> None:
    school.has(2 * ROOMY.memory)
    with pytest.raises(Refused, match="exercises 'dhcp': no seat has a way into the machines"):
        school.make(kind="lab", seats=1, exercises=["dhcp"])
    assert class_names() == []
    assert names(school.make(kind="lab", seats=1, exercises=["users"]).seats) == ["seat1"]


def test_a_class_larger_than_the_machine_leaves_nothing(school: School) -> None:
    with pytest.raises(Refused, match="12 wanted as lab; there is room for 8 as projects"):
        school.make(kind="lab", seats=12)
    assert class_names() == []
    assert all_labs() == []
    assert not school.brought_up


@pytest.mark.parametrize("kind", ["project", "lab"])
@pytest.mark.parametrize("lab", ["monday", "monday-seat1", "monday-seat20"])
def test_a_lab_that_the_class_did_not_make_is_not_taken(school: School, lab: str, kind: str) -> None:
    create_lab(ROOMY, "docker", lab)
    mend = f"there is a lab called {lab}; call the class otherwise, or: dslab down {lab}"
    with pytest.raises(Refused, match=f"^class 'monday': {mend}$"):
        school.make(kind=kind, seats=1)
    assert class_names() == []
    assert not school.brought_up


def test_a_lab_that_was_put_in_the_place_of_one_of_the_class_is_refused(school: School) -> None:
    school.make()
    school.take_down(find_lab("monday"), REPORT)
    create_lab(ROOMY, "docker", "monday")
    why = "is not of the class: its password may be that of other labs"
    with pytest.raises(Refused, match=f"^class 'monday': lab monday {why}; remove it: dslab down monday$"):
        school.make()
    assert school.brought_up == ["monday"]


def test_a_class_that_grows_passes_over_labs_that_it_did_not_make(school: School) -> None:
    school.has(8 * ROOMY.memory)
    school.make(kind="lab", seats=1)
    create_lab(ROOMY, "docker", "monday-seat2")
    create_lab(ROOMY, "docker", "monday-seattle")
    classroom = school.make(kind="lab", seats=2)
    assert classroom.labs == ["monday-seat1", "monday-seat3"]
    take_class_down(classroom, REPORT)
    assert [lab.name for lab in all_labs()] == ["monday-seat2", "monday-seattle"]


def test_a_spare_seat_is_given_at_once(school: School) -> None:
    classroom = school.make(spares=1)
    school.failing = {"monday", "seat5"}  # nothing has to be made
    assert add_seat(classroom, REPORT).name == "seat4"
    assert (names(classroom.seats)[-1], classroom.spares) == ("seat4", [])


def test_without_a_spare_one_more_is_made(school: School) -> None:
    classroom = school.make(seats=7)
    assert add_seat(classroom, REPORT).state is SeatState.READY
    assert (school.set_up[-1], len(classroom.seats)) == ("seat8", 8)
    with pytest.raises(Refused, match="9 wanted as project; there is room for 8"):
        add_seat(classroom, REPORT)
    assert len(classroom.seats) == 8


def test_a_seat_that_could_not_be_added_is_the_next_one_that_is(school: School) -> None:
    classroom = school.make()
    school.failing = {"seat4"}
    for _ in range(2):
        with pytest.raises(LabError, match="seat4"):
            add_seat(classroom, REPORT)
    school.failing = {"seat2"}
    with pytest.raises(LabError):
        reset_seat(classroom, "seat2", REPORT)  # somebody sits there
    assert add_seat(classroom, REPORT).name == "seat4"
    assert names(classroom.seats) == ["seat1", "seat2", "seat3", "seat4"]
    assert add_seat(classroom, REPORT).name == "seat5"


def test_a_seat_without_its_handout_is_the_next_one_that_is(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom = school.make()
    with monkeypatch.context() as broken:
        broken.setattr(making, "write_files", no_browser)
        with pytest.raises(LabError, match="no browser"):
            add_seat(classroom, REPORT)
    assert add_seat(classroom, REPORT).name == "seat4"
    assert names(classroom.seats) == ["seat1", "seat2", "seat3", "seat4"]


def no_browser(*_: object) -> None:
    raise LabError(Layer.SERVICE, "no browser")


def test_spares_are_made_up_for_by_the_next_up(school: School) -> None:
    add_seat(school.make(spares=1), REPORT)
    classroom = school.make(spares=1)
    assert (len(classroom.seats), names(classroom.spares)) == (4, ["seat5"])


def test_down_leaves_nothing(school: School) -> None:
    take_class_down(school.make(), REPORT)
    assert school.taken_down == ["monday"]
    assert class_names() == []
    assert [file for file in (school.state / ".classes").rglob("*") if file.is_file()] == []

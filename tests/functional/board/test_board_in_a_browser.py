"""The class board as people see it: in a real browser, live, on a projector and on a telephone."""

from dataclasses import replace

from playwright.sync_api import Page, expect

from lab.exercise import Record
from tests.functional.board.conftest import Screens, Served
from tests.unit.lab.classroom.room import EXERCISES
from tests.unit.lab.classroom.school import School

LETTERS_ON_A_PROJECTOR = 20  # pixels of 1080
# Asked for in one step: live updates exchange the links meanwhile, and one that is gone has no style.
SIZE_OF_LETTERS = """text => parseFloat(getComputedStyle(
    [...document.querySelectorAll("a")].find(link => link.textContent.trim() === text)).fontSize)"""


def cell_of(seat: int, exercise: int) -> str:
    """Where the trainer's board has the EXERCISE of SEAT, both counted from 1."""
    return f"tbody tr:nth-child({seat}) td:nth-child({exercise + 1})"


def fits(page: Page) -> bool:
    """Whether nothing of PAGE is beyond its right edge."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_the_trainer_sees_at_once_what_a_learner_does(
    school: School, board: Served, screens: Screens
) -> None:
    trainer = screens.open(board.door(board.classroom.trainer))
    learner = screens.open(board.door(board.classroom.seat("seat2").token))
    cell = trainer.locator(cell_of(2, 1))
    expect(cell).to_have_text("")

    learner.get_by_role("link", name="Networks and routers").click()
    expect(learner.get_by_role("heading", name="Networks and routers")).to_be_visible()
    learner.get_by_role("button", name="Start").click()
    expect(cell).to_contain_text("since ")
    learner.get_by_role("button", name="Check").click()
    expect(learner.get_by_text("There is no network yet.")).to_be_visible()
    expect(cell).to_contain_text("not yet, 1 try")
    learner.get_by_role("button", name="Hint").click()
    expect(learner.get_by_role("heading", name="Hint 1 of 2")).to_be_visible()
    expect(cell).to_contain_text("1 hint")

    school.room.solved.add(("seat2", "networks"))
    learner.get_by_role("button", name="Check").click()
    expect(learner.locator(".passed")).to_contain_text("passed")
    expect(cell).to_contain_text("passed")
    expect(trainer.locator(cell_of(1, 1))).to_have_text("")
    assert screens.errors == []


def test_a_check_that_takes_its_time_is_seen_to_be_under_way(
    school: School, board: Served, screens: Screens
) -> None:
    trainer = screens.open(board.door(board.classroom.trainer))
    learner = screens.open(board.door(board.classroom.seat("seat1").token))
    learner.goto(f"{board.url}/seats/seat1/exercises/volumes")
    learner.get_by_role("button", name="Start").click()
    school.room.may_end.clear()
    learner.get_by_role("button", name="Check").click()
    expect(learner.get_by_text("At work: volumes is being checked")).to_be_visible()
    expect(learner.get_by_role("button", name="Check")).to_be_disabled()
    expect(trainer.locator("tbody tr:nth-child(1) th")).to_contain_text("volumes is being checked")
    school.room.may_end.set()
    expect(learner.get_by_role("button", name="Check")).to_be_enabled()
    expect(learner.get_by_text("Not yet")).to_be_visible()


def test_a_learner_resets_their_own_seat(school: School, board: Served, screens: Screens) -> None:
    learner = screens.open(board.door(board.classroom.seat("seat3").token))
    expect(learner.get_by_role("button", name="Reset this seat")).not_to_be_visible()
    learner.get_by_text("Begin anew with an empty seat").click()
    learner.get_by_role("button", name="Reset this seat").click()
    expect(learner.get_by_role("heading", name="Seat 3")).to_be_visible()
    expect(learner.get_by_text("At work")).to_have_count(0)
    assert school.set_up[4:] == ["seat3"]


def test_nobody_sees_another_seat(board: Served, screens: Screens) -> None:
    learner = screens.open(board.door(board.classroom.seat("seat3").token))
    for page in ("/seats/seat1", "/seats/seat1/exercises/networks", "/seats/seat1/files/handout.html"):
        learner.goto(board.url + page)
        expect(learner.locator("body")).to_contain_text("This page is not yours")
    learner.goto(board.url)
    expect(learner.get_by_role("heading", name="Seat 3")).to_be_visible()
    assert "enter" not in learner.url


def test_what_another_program_changes_is_seen_as_well(
    school: School, board: Served, screens: Screens
) -> None:
    trainer = screens.open(board.door(board.classroom.trainer))
    expect(trainer.get_by_text("1 seat held ready")).to_be_visible()
    board.classroom.seat("seat4").save(spare=False)  # as `dslab class add` does
    expect(trainer.get_by_role("link", name="Seat 4")).to_be_visible()
    expect(trainer.get_by_text("0 seats held ready")).to_be_visible()
    assert len(school.set_up) == 4


def test_an_unhealthy_lab_stands_above_all(school: School, screens: Screens) -> None:
    school.sick = {"monday": ["nova-compute on compute1: down"]}
    board = Served(school, school.make(exercises=["networks"]))
    try:
        trainer = screens.open(board.door(board.classroom.trainer))
        expect(trainer.get_by_role("alert")).to_contain_text("Lab monday is unhealthy: nova-compute")
    finally:
        board.stop()


def test_it_reads_well_on_a_projector(school: School, screens: Screens) -> None:
    exercise = EXERCISES["networks"]
    text = replace(exercise.text, title="Networks, routers, floating IPs")
    names = [f"exercise{number}" for number in range(12)]
    school.room.exercises = {name: replace(exercise, name=name, text=text) for name in names}
    classroom = school.make(seats=12, exercises=names, quota={"ram": 192})
    for seat in classroom.seats:
        for name in names:
            school.room.records[seat.name, name] = Record(passed=seat.made, started=seat.made, hints=2)
    board = Served(school, classroom)
    try:
        page = screens.open(board.door(classroom.trainer), 1920, 1080)
        expect(page.locator("tbody tr:last-child")).to_be_in_viewport(ratio=1)
        assert fits(page)
        assert page.evaluate(SIZE_OF_LETTERS, "Seat 12") >= LETTERS_ON_A_PROJECTOR
    finally:
        board.stop()


def test_it_fits_on_a_telephone(board: Served, screens: Screens) -> None:
    learner = screens.open(board.door(board.classroom.seat("seat1").token), 390, 844)
    assert fits(learner)
    learner.goto(f"{board.url}/seats/seat1/exercises/networks")
    assert fits(learner)


def test_a_board_that_is_away_is_told_and_comes_back(school: School, screens: Screens) -> None:
    board = Served(school, school.make(exercises=["networks"]))
    page = screens.open(board.door(board.classroom.trainer))
    expect(page.get_by_text("The board does not answer")).to_be_hidden()
    board.stop()
    expect(page.get_by_text("The board does not answer")).to_be_visible()


def test_a_handout_is_shown_with_its_style(board: Served, screens: Screens) -> None:
    seat = board.classroom.seat("seat1")
    page = screens.open(board.door(seat.token))
    page.get_by_role("link", name="handout", exact=True).click()
    expect(page.get_by_text(seat.password)).to_be_visible()
    expect(page.locator("svg")).to_be_visible()
    assert page.locator("dl").evaluate("element => getComputedStyle(element).display") == "grid"
    assert screens.errors == []

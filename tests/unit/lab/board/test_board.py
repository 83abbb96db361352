"""The board's answers: to whom, what, and what nobody else gets to see."""

from collections.abc import Iterator
from errno import ENOMEM
from pathlib import Path
from typing import Any

import anyio
import pytest
from starlette.testclient import TestClient
from watchfiles import awatch

from lab.board.app import create_app
from lab.board.door import Visitor, visitor_with
from lab.board.pulse import Pulse
from lab.classroom.classes import Classroom, forget_class
from lab.errors import Refused
from lab.reach import wait_until
from tests.unit.lab.classroom.school import School

PAGES = (
    "",
    "/events",
    "/files/clouds.yaml",
    "/files/id_ed25519",
    "/files/handout.pdf",
    "/exercises/networks",
)
BUTTONS = ("/reset", "/exercises/networks/start", "/exercises/networks/check", "/exercises/networks/hint")


@pytest.fixture
def classroom(school: School) -> Classroom:
    """A class of three with two exercises, and a spare seat."""
    return school.make(exercises=["networks", "volumes"], spares=1)


@pytest.fixture
def client(school: School, classroom: Classroom) -> Iterator[TestClient]:
    """A browser that has not been let in."""
    with TestClient(create_app(classroom.name, school.ailments)) as client:
        yield client


def let_in(client: TestClient, token: str) -> str:
    """Go through the door with TOKEN; where one gets to."""
    answer = client.get(f"/enter/{token}")
    assert answer.status_code == 200
    return answer.url.path


def test_a_link_leads_to_ones_own_page_and_leaves_no_token_in_the_address(
    client: TestClient, classroom: Classroom
) -> None:
    assert let_in(client, classroom.trainer) == "/"
    assert let_in(client, classroom.seat("seat2").token) == "/seats/seat2"
    assert client.get("/").url.path == "/seats/seat2"


def test_the_cookie_is_for_the_browser_alone(client: TestClient, classroom: Classroom) -> None:
    cookie = client.get(f"/enter/{classroom.trainer}", follow_redirects=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_browser_may_have_the_boards_of_two_classes(
    school: School, client: TestClient, classroom: Classroom
) -> None:
    tuesday = school.make(name="tuesday")
    let_in(client, classroom.trainer)
    with TestClient(create_app("tuesday", school.ailments), cookies=client.cookies) as other:
        let_in(other, tuesday.trainer)
        client.cookies = other.cookies
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("token", ["", "x", "ä", "seat1"])
def test_no_other_token_lets_in(client: TestClient, classroom: Classroom, token: str) -> None:
    assert visitor_with(token, classroom) is None
    if token:
        assert client.get(f"/enter/{token}").status_code == 403
    client.cookies.set("dietstack-monday", token.encode("ascii", "replace").decode())
    assert client.get("/").status_code == 403


def test_part_of_a_token_does_not_let_in(classroom: Classroom) -> None:
    assert visitor_with(classroom.trainer, classroom) == Visitor()
    assert visitor_with(classroom.trainer[:-1], classroom) is None
    assert visitor_with(classroom.trainer + "A", classroom) is None


@pytest.mark.parametrize("page", ["/", "/events", *(f"/seats/seat1{page}" for page in PAGES)])
def test_without_a_link_nothing_is_seen(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 403
    assert "Open the link of your handout" in answer.text


@pytest.mark.parametrize("seat", ["seat1", "seat4", "seat77"])
def test_the_board_asked_for_another_seats_page(
    school: School, client: TestClient, classroom: Classroom, seat: str
) -> None:
    let_in(client, classroom.seat("seat2").token)
    pages = [client.get(f"/seats/{seat}{page}") for page in PAGES]
    pages += [client.post(f"/seats/{seat}{button}") for button in BUTTONS]
    assert {page.status_code for page in pages} == {403}
    assert len({page.text for page in pages}) == 1, "whether there is such a seat is not told either"
    assert (school.room.calls, len(school.set_up)) == ([], 4)


def test_a_learner_sees_nothing_of_the_class(client: TestClient, classroom: Classroom) -> None:
    let_in(client, classroom.seat("seat2").token)
    assert client.get("/events").status_code == 403
    text = client.get("/seats/seat2").text
    assert "All seats" not in text
    assert "seat1" not in text


def test_the_trainer_sees_all_seats(client: TestClient, classroom: Classroom) -> None:
    let_in(client, classroom.trainer)
    text = client.get("/").text
    assert [f"/seats/seat{number}" in text for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert "1 seat held ready" in text
    assert "Networks and routers" in text
    assert "All seats" in client.get("/seats/seat1").text
    assert client.get("/seats/seat9").status_code == 404
    assert not [one for seat in classroom.all_seats for one in (seat.token, seat.password) if one in text]


def test_an_exercise_from_its_start_to_its_end(
    school: School, client: TestClient, classroom: Classroom
) -> None:
    let_in(client, classroom.seat("seat1").token)
    page = "/seats/seat1/exercises/networks"
    assert "A server without a network hears nobody." in client.get(page).text
    assert 'id="check"' not in client.get(page).text
    assert 'id="check"' in client.post(f"{page}/start").text
    said = client.post(f"{page}/check").text
    assert "There is no network yet." in said
    assert "Hint 1 of 2" in client.post(f"{page}/hint").text
    assert "Hint 2 of 2" in client.post(f"{page}/hint").text
    school.room.solved.add(("seat1", "networks"))
    assert "passed" in client.post(f"{page}/check").text

    let_in(client, classroom.trainer)
    board = client.get("/").text
    assert 'class="passed" title="passed ' in board
    assert "2 hints" in board


def test_one_exercise_ends_when_another_begins(
    school: School, client: TestClient, classroom: Classroom
) -> None:
    let_in(client, classroom.seat("seat1").token)
    client.post("/seats/seat1/exercises/networks/start")
    client.post("/seats/seat1/exercises/networks/start")
    client.post("/seats/seat1/exercises/volumes/start")
    assert [(what, name) for what, _, name in school.room.calls] == [
        ("start", "networks"),
        ("reset", "networks"),
        ("stop", "networks"),
        ("start", "volumes"),
    ]
    assert "left off" in client.get("/seats/seat1").text


def test_a_check_that_errors_is_the_exercises_fault(
    school: School, client: TestClient, classroom: Classroom
) -> None:
    school.room.broken.add("volumes")
    let_in(client, classroom.seat("seat1").token)
    client.post("/seats/seat1/exercises/volumes/start")
    said = client.post("/seats/seat1/exercises/volumes/check").text
    assert "That is the exercise's fault, not yours" in said
    assert "Not yet" not in said
    let_in(client, classroom.trainer)
    assert "exercise broken" in client.get("/").text


def test_what_is_refused_is_said_on_the_page(client: TestClient, classroom: Classroom) -> None:
    let_in(client, classroom.seat("seat1").token)
    client.post("/seats/seat1/exercises/networks/check")
    assert "it is not under way; start it" in client.get("/seats/seat1/exercises/networks").text


def test_reset_is_of_ones_own_seat(school: School, client: TestClient, classroom: Classroom) -> None:
    let_in(client, classroom.seat("seat3").token)
    assert client.post("/seats/seat3/reset").url.path == "/seats/seat3"
    assert school.set_up[4:] == ["seat3"]
    school.failing = {"seat3"}
    client.post("/seats/seat3/reset")
    text = client.get("/seats/seat3").text
    assert "the cloud does not answer as it should" in text
    assert "This seat is not ready" in text


def test_an_unhealthy_lab_is_named(school: School, client: TestClient, classroom: Classroom) -> None:
    let_in(client, classroom.trainer)
    assert "unhealthy" not in client.get("/").text
    school.sick = {"monday": ["nova-compute on compute1: down"]}
    with TestClient(create_app(classroom.name, school.ailments)) as later:
        let_in(later, classroom.trainer)
        said = "Lab monday is unhealthy: nova-compute on compute1: down"
        wait_until(lambda: said in later.get("/").text, "the board says so", 10)


def test_a_damaged_file_of_a_seat_takes_the_board_from_nobody_else(
    client: TestClient, classroom: Classroom
) -> None:
    token = classroom.seat("seat2").token
    (classroom.seat("seat1").directory / "checked.json").write_text("{")
    (classroom.seat("seat3").directory / "seat.json").write_text("{")
    let_in(client, classroom.trainer)
    board = client.get("/").text
    assert "seats/seat1/checked.json: it is damaged or of another release; remove it" in board
    assert "seats/seat3/seat.json is damaged or of another release; remove" in board
    assert [f'href="/seats/seat{number}"' in board for number in (1, 2, 3)] == [True, True, False]
    assert "cannot be read; tell the trainer" in client.get("/seats/seat1").text
    assert "seat.json is damaged" in client.get("/seats/seat3").text
    assert let_in(client, token) == "/seats/seat2"
    assert "cannot be read" not in client.get("/seats/seat2").text


def test_a_class_that_is_gone_is_said_to_be(client: TestClient, classroom: Classroom) -> None:
    let_in(client, classroom.trainer)
    forget_class(classroom)
    for page in ("/", "/events", "/seats/seat1", f"/enter/{classroom.trainer}"):
        answer = client.get(page)
        assert answer.status_code == 404
        assert "there is no such class" in answer.text


def test_the_pulse_outlives_the_class(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lab.board.pulse.SECONDS_BETWEEN_LOOKS", 0.01)
    gone = Refused("class", "monday", "there is no such class")
    answers: list[Classroom | Exception] = [classroom, FileNotFoundError(), gone]

    def find() -> Classroom:
        answer = answers.pop(0) if answers else classroom
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def live() -> None:
        pulse = Pulse(find, lambda _lab: ["nova-compute on compute1: down"])
        async with pulse.beating():
            with anyio.fail_after(20):
                while not pulse.sick:
                    await pulse.next.wait()
        assert answers == []

    anyio.run(live)


def test_a_look_that_errors_is_told_and_ends_no_other(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.board.pulse.SECONDS_BETWEEN_LOOKS", 0.01)
    errors = [OSError(ENOMEM, "Cannot allocate memory"), ValueError("no YAML")]

    def look(_lab: str) -> list[str]:
        if errors:
            raise errors.pop(0)
        return []

    async def live() -> list[list[str]]:
        pulse, seen = Pulse(lambda: classroom, look), []
        async with pulse.beating():
            with anyio.fail_after(20):
                while pulse.sick != {"monday": []}:
                    await pulse.next.wait()
                    seen.append(pulse.sick["monday"])
        return seen

    assert anyio.run(live) == [
        ["nobody can look at it: OSError(12, 'Cannot allocate memory')"],
        ["nobody can look at it: ValueError('no YAML')"],
        [],
    ]


def test_what_the_kernel_does_not_watch_is_looked_at(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    polled = []

    def few(*folders: Path, force_polling: bool | None, **options: Any) -> Any:
        if not force_polling:
            raise RuntimeError("Too many open files (os error 24)")
        polled.append(folders)
        return awatch(*folders, force_polling=True, **options)

    async def live() -> None:
        pulse = Pulse(lambda: classroom, lambda _lab: [])
        async with pulse.beating():
            with anyio.fail_after(20):
                while not (polled and pulse.sick):
                    await anyio.sleep(0.01)
                beat = pulse.next
                while not beat.is_set():
                    (classroom.seat("seat1").directory / "checked.json").write_text("{}")
                    await anyio.sleep(0.1)

    monkeypatch.setattr("lab.board.pulse.SECONDS_BETWEEN_LOOKS", 60)
    monkeypatch.setattr("lab.board.pulse.SECONDS_UNTIL_WATCHED_AGAIN", 0.01)
    monkeypatch.setattr("lab.board.pulse.awatch", few)
    anyio.run(live)


def test_the_board_may_be_started_again_at_any_time(
    school: School, client: TestClient, classroom: Classroom
) -> None:
    let_in(client, classroom.seat("seat1").token)
    client.post("/seats/seat1/exercises/networks/start")
    before = client.post("/seats/seat1/exercises/networks/check").text
    with TestClient(create_app(classroom.name, school.ailments), cookies=client.cookies) as again:
        assert again.get("/seats/seat1/exercises/networks").text == before


def test_a_learner_has_the_files_of_the_seat_and_no_others(client: TestClient, classroom: Classroom) -> None:
    seat = classroom.seat("seat1")
    let_in(client, seat.token)
    for file in (seat.clouds_yaml, seat.private_key, seat.html, seat.pdf):
        assert client.get(f"/seats/seat1/files/{file.name}").content == file.read_bytes()
    for name in ("seat.json", "checked.json", "..%2Fseat2%2Fclouds.yaml", "%2Fetc%2Fpasswd"):
        assert client.get(f"/seats/seat1/files/{name}").status_code == 404


def test_text_of_exercises_is_text(client: TestClient, classroom: Classroom) -> None:
    let_in(client, classroom.seat("seat1").token)
    text = client.get("/seats/seat1/exercises/volumes").text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_pages_need_nothing_from_elsewhere_and_are_kept_nowhere(
    client: TestClient, classroom: Classroom
) -> None:
    let_in(client, classroom.trainer)
    answer = client.get("/")
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    static = Path(__file__).parents[4] / "lab/board"
    for file in (*static.glob("templates/*"), *static.glob("static/*")):
        assert "http://" not in file.read_text()
        assert "https://" not in file.read_text()


@pytest.mark.parametrize("page", ["/seats/seat1/exercises/flying", "/seats/seat1/files/none", "/nowhere"])
def test_what_is_not_there(client: TestClient, classroom: Classroom, page: str) -> None:
    let_in(client, classroom.trainer)
    assert client.get(page).status_code == 404


def test_buttons_are_pressed_not_looked_at(school: School, client: TestClient, classroom: Classroom) -> None:
    let_in(client, classroom.seat("seat1").token)
    for button in BUTTONS:
        assert client.get(f"/seats/seat1{button}").status_code == 405
    assert client.post("/seats/seat1/exercises/networks/solve").status_code == 404
    assert school.room.calls == []

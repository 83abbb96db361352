"""The page of a seat: all that its learner needs, for a browser and for paper, and nothing of other seats."""

import re
import zlib
from html import unescape
from typing import Any

import pytest
import segno
import yaml

from lab.api import connect
from lab.classroom.classes import Classroom
from lab.classroom.handout import board_url, handout_of
from lab.classroom.plan import MOST_LINES
from lab.classroom.seat import READABLE, Seat, new_password, new_token
from lab.labs import find_lab
from tests.unit.lab.classroom.school import ROOMY, School

STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
SHOWN = re.compile(rb"\((.*?)(?<!\\)\) Tj", re.DOTALL)


def words_of(pdf: bytes) -> str:
    """What PDF, which fpdf2 has written, shows."""
    pages = b"".join(zlib.decompress(stream) for stream in STREAM.findall(pdf) if stream[:1] == b"x")
    return " ".join(text.decode("latin-1") for text in SHOWN.findall(pages))


def made(school: School, **changes: Any) -> tuple[Classroom, Seat]:
    board = {"address": "10.0.0.5", "port": 8091}
    classroom = school.make(**{"board": board, "note": "Wi-Fi: class"} | changes)
    return classroom, classroom.seat("seat2")


def test_it_tells_where_who_and_how(school: School) -> None:
    classroom, seat = made(school)
    lab = find_lab(seat.lab)
    pages = (unescape(seat.html.read_text()), words_of(seat.pdf.read_bytes()))
    for page in pages:
        for word in ("First steps", "Seat 2", "seat2", seat.password, lab.horizon, "Wi-Fi: class", "512 MiB"):
            assert word in page
        assert "openstack server list" in page
        for other in ("seat1", "seat3"):
            assert classroom.seat(other).password not in page
            assert classroom.seat(other).token not in page
    assert f"http://10.0.0.5:8091/enter/{seat.token}" in pages[0]


def test_the_code_is_the_link(school: School) -> None:
    classroom, seat = made(school)
    link = handout_of(classroom, seat, find_lab(seat.lab)).link
    assert link == f"http://10.0.0.5:8091/enter/{seat.token}"
    code = segno.make(link, error="m")
    assert code.svg_inline(scale=4, border=2) in seat.html.read_text()
    squares = zlib.decompress(next(s for s in STREAM.findall(seat.pdf.read_bytes()) if s[:1] == b"x"))
    assert squares.count(b" re f") == sum(map(sum, code.matrix))


@pytest.mark.parametrize(
    "note",
    ["W " * 150, f"{'W' * 37} " * 7, "ip route\n" * MOST_LINES, "\n" * (MOST_LINES - 1) + f"{'W' * 40} " * 7],
)
def test_it_is_one_page_whatever_it_says(school: School, note: str) -> None:
    school.has(2 * ROOMY.memory)
    quota = {"ram": 512, "gigabytes": 10**6}
    board = {"address": "a" * 60}
    classroom = school.make(kind="lab", seats=1, title="W" * 60, note=note, quota=quota, board=board)
    seat = classroom.seat("seat1")
    pdf = seat.pdf.read_bytes()
    assert pdf.count(b"/Type /Page\n") == 1
    page = next(zlib.decompress(stream) for stream in STREAM.findall(pdf) if stream[:1] == b"x")
    lowest = min(map(float, re.findall(rb"BT [\d.]+ ([\d.-]+) Td", page)))
    assert lowest > 56, "the last line would be below the margin, in points"


def test_a_note_may_have_lines(school: School) -> None:
    _, seat = made(school, note="Type:\nip route add")
    assert "Type:\nip route add</p>" in seat.html.read_text()
    assert "white-space: pre-line" in seat.html.read_text()
    assert "Type: ip route add" in words_of(seat.pdf.read_bytes())


def test_what_learners_write_is_text(school: School) -> None:
    _, seat = made(school, title="<b>Ä & Ö</b>")
    assert "<b>Ä" not in seat.html.read_text()
    assert "<b>Ä & Ö</b>" in words_of(seat.pdf.read_bytes())


def test_a_page_needs_nothing_from_elsewhere(school: School) -> None:
    _, seat = made(school)
    links = re.findall(r'(?:src|href)="([^"]+)"', seat.html.read_text())
    assert links == ["data:,", f"http://10.0.0.5:8091/enter/{seat.token}"]
    assert "url(" not in seat.html.read_text()


def test_clouds_yaml_is_one(school: School) -> None:
    _, seat = made(school)
    content = yaml.safe_load(seat.clouds_yaml.read_text())
    assert list(content["clouds"]) == ["dietstack"]
    auth: dict[str, Any] = connect("dietstack", seat.clouds_yaml).config.auth
    assert (auth["username"], auth["password"], auth["project_name"]) == ("seat2", seat.password, "seat2")
    assert "p-of-cloud" not in seat.clouds_yaml.read_text()


def test_the_key_is_that_of_the_seat(school: School) -> None:
    _, seat = made(school)
    assert seat.private_key.read_text() == seat.key.private


def test_passwords_can_be_typed_from_paper() -> None:
    passwords = {new_password() for _ in range(100)}
    assert len(passwords) == 100
    assert set("".join(passwords)) <= {*READABLE, "-"}
    assert not set(READABLE) & set("0Oo1lI")
    assert min(len(new_token()) for _ in range(10)) >= 32


def test_without_an_address_the_board_is_at_this_hosts(school: School) -> None:
    assert re.fullmatch(r"http://[\d.]+:8090", board_url(school.make()))
    assert board_url(school.make(), "127.0.0.1") == "http://127.0.0.1:8090"

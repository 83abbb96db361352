"""The board as a web application: which address shows what, to whom."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from lab.board.bench import Bench
from lab.board.door import Visitor, visitor_with
from lab.board.headers import SafeHeaders
from lab.board.pages import page
from lab.board.pulse import GONE, Look, Pulse
from lab.board.view import board_view, row_of
from lab.classroom import work
from lab.classroom.classes import Classroom, chosen_class
from lab.classroom.health import ailments
from lab.classroom.making import reset_seat
from lab.classroom.seat import Seat
from lab.errors import Refused
from lab.report import Report

SECONDS_OF_A_DAY = 24 * 60 * 60
FORBIDDEN = "This page is not yours. Open the link of your handout."
VERBS = {"start": "being set up", "check": "being checked", "hint": "asking for a hint"}

Draw = Callable[[], str]


class Board:
    """The pages of the class called NAME; LOOK tells what is not well in a lab."""

    def __init__(self, name: str, look: Look = ailments) -> None:
        self._name = name
        self._cookie = f"dietstack-{name}"  # browsers send those of all boards on this host to each
        self.pulse = Pulse(self.classroom, look)
        self.bench = Bench(self.pulse)

    def classroom(self) -> Classroom:
        """The class as its files say now."""
        return chosen_class(self._name)

    def visitor(self, request: Request) -> Visitor:
        """Who asks; they are shown the door unless they came by a link of the class."""
        visitor = visitor_with(request.cookies.get(self._cookie, ""), self.classroom())
        if visitor is None:
            raise HTTPException(403, FORBIDDEN)
        return visitor

    def seat(self, request: Request) -> Seat:
        """The seat that the address names, if it is one for who asks; all others are alike to them."""
        name = request.path_params["seat"]
        if not self.visitor(request).may_see(name):
            raise HTTPException(403, FORBIDDEN)
        try:
            return self.classroom().seat(name)
        except Refused as refusal:
            raise HTTPException(404, str(refusal)) from None

    # the door

    async def enter(self, request: Request) -> Response:
        """Let in who has a link; from then on a cookie has what stood in it, and no address does."""
        token = request.path_params["token"]
        visitor = visitor_with(token, self.classroom())
        if visitor is None:
            raise HTTPException(403, FORBIDDEN)
        answer = RedirectResponse(visitor.home, 303)
        answer.set_cookie(self._cookie, token, max_age=SECONDS_OF_A_DAY, httponly=True, samesite="lax")
        return answer

    # the trainer's

    async def board(self, request: Request) -> Response:
        """The whole class."""
        visitor = self.visitor(request)
        if not visitor.is_trainer:
            return RedirectResponse(visitor.home, 303)
        return page("board.html", live=self.draw_board(), classroom=self.classroom())

    async def board_events(self, request: Request) -> Response:
        """The whole class whenever it changes."""
        if not self.visitor(request).is_trainer:
            raise HTTPException(403, FORBIDDEN)
        return self.events(self.draw_board)

    def draw_board(self) -> str:
        """What of the board changes."""
        view = board_view(self.classroom(), self.bench.busy, self.pulse.sick)
        return page.draw("board_live.html", view=view)

    # a seat's

    async def seat_page(self, request: Request) -> Response:
        """A seat and its exercises."""
        seat = self.seat(request)
        return page(
            "seat.html",
            live=self.draw_seat(seat.name),
            seat=seat,
            classroom=self.classroom(),
            visitor=self.visitor(request),
        )

    async def seat_events(self, request: Request) -> Response:
        """A seat whenever it changes."""
        return self.events(partial(self.draw_seat, self.seat(request).name))

    def draw_seat(self, name: str) -> str:
        """What of a seat's page changes."""
        classroom = self.classroom()
        exercises = work.exercises_of(classroom)
        row = row_of(classroom, classroom.seat(name), exercises, self.bench.busy, self.pulse.sick)
        return page.draw("seat_live.html", row=row, notice=self.bench.notices.get(name, ""))

    async def seat_file(self, request: Request) -> Response:
        """A file that belongs to the seat."""
        seat = self.seat(request)
        files: dict[str, Path] = {
            file.name: file for file in (seat.clouds_yaml, seat.private_key, seat.html, seat.pdf)
        }
        file = files.get(request.path_params["file"])
        if file is None or not file.exists():
            raise HTTPException(404, "There is no such file.")
        shown = file in {seat.html, seat.pdf}
        kind = "inline" if shown else "attachment"
        return FileResponse(file, filename=file.name, content_disposition_type=kind)

    async def reset(self, request: Request) -> Response:
        """Let the seat be as new."""
        seat = self.seat(request)
        job = partial(reset_seat, self.classroom(), seat.name, Report())
        return self.do(seat, "being set up anew", job, f"/seats/{seat.name}")

    # an exercise at a seat

    async def exercise(self, request: Request) -> Response:
        """An exercise's text, and where the seat is with it."""
        seat, name = self.seat(request), self.exercise_name(request)
        return page(
            "exercise.html",
            live=self.draw_exercise(seat.name, name),
            seat=seat,
            exercise=work.exercise_called(self.classroom(), name),
            classroom=self.classroom(),
        )

    async def exercise_events(self, request: Request) -> Response:
        """Where the seat is with the exercise, whenever that changes."""
        seat, name = self.seat(request), self.exercise_name(request)
        return self.events(partial(self.draw_exercise, seat.name, name))

    def draw_exercise(self, seat_name: str, name: str) -> str:
        """What of an exercise's page changes."""
        classroom = self.classroom()
        exercise = work.exercise_called(classroom, name)
        row = row_of(classroom, classroom.seat(seat_name), [exercise], self.bench.busy, self.pulse.sick)
        (cell,) = row.cells
        notice = self.bench.notices.get(seat_name, "")
        return page.draw("exercise_live.html", row=row, cell=cell, notice=notice)

    async def work(self, request: Request) -> Response:
        """Start, check, or ask for a hint."""
        seat, name, verb = self.seat(request), self.exercise_name(request), request.path_params["verb"]
        if verb not in VERBS:
            raise HTTPException(404, "There is no such button.")
        job = partial(getattr(work, verb), self.classroom(), seat.name, name)
        return self.do(seat, f"{name} is {VERBS[verb]}", job, f"/seats/{seat.name}/exercises/{name}")

    def exercise_name(self, request: Request) -> str:
        """The exercise that the address names, if the class has it."""
        name: str = request.path_params["exercise"]
        try:
            return work.exercise_called(self.classroom(), name).name
        except Refused as refusal:
            raise HTTPException(404, str(refusal)) from None

    # what several have in common

    def do(self, seat: Seat, what: str, job: Callable[[], object], back: str) -> Response:
        """Do JOB, which is WHAT, at SEAT while the browser goes BACK to the page; or say that it is busy."""
        answer = RedirectResponse(back, 303)
        if self.bench.take(seat.name, what):
            answer.background = BackgroundTask(self.bench.run, seat.name, job)
        return answer

    def events(self, draw: Draw) -> Response:
        """What DRAW draws, now and whenever it is another."""

        async def drawings() -> AsyncIterator[ServerSentEvent]:
            drawn = ""
            while True:
                beat = self.pulse.next
                try:
                    now = draw()
                except GONE:
                    return
                if now != drawn:
                    drawn = now
                    yield ServerSentEvent(data=drawn)
                await beat.wait()

        return EventSourceResponse(drawings())


def create_app(name: str, look: Look = ailments) -> Starlette:
    """The board of the class called NAME; LOOK tells what is not well in a lab."""
    board = Board(name, look)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with board.pulse.beating():
            yield

    seat, exercise = "/seats/{seat}", "/seats/{seat}/exercises/{exercise}"
    return Starlette(
        routes=[
            Route("/", board.board),
            Route("/events", board.board_events),
            Route("/enter/{token}", board.enter),
            Route(seat, board.seat_page),
            Route(f"{seat}/events", board.seat_events),
            Route(f"{seat}/files/{{file}}", board.seat_file),
            Route(f"{seat}/reset", board.reset, methods=["POST"]),
            Route(exercise, board.exercise),
            Route(f"{exercise}/events", board.exercise_events),
            Route(f"{exercise}/{{verb}}", board.work, methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(SafeHeaders)],
        exception_handlers={HTTPException: say, Refused: say},
        lifespan=lifespan,
    )


async def say(_request: Request, error: Exception) -> Response:
    """The page that says what is the matter; what is Refused is gone, such as the class."""
    what, status = str(error), 404
    if isinstance(error, HTTPException):
        what, status = error.detail, error.status_code
    answer: Any = page("error.html", what=what)
    answer.status_code = status
    return answer  # type: ignore[no-any-return]

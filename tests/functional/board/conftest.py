import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lab.board.app import create_app
from lab.board.serving import server_of
from lab.browser import browser_page
from lab.classroom.classes import Classroom
from lab.reach import wait_until
from tests.unit.lab.classroom.school import School, a_school

SECONDS_TO_SHOW = 60
EXERCISES = ["networks", "volumes"]


class Served:
    """The board of a class on a port of this host, until it is stopped."""

    def __init__(self, school: School, classroom: Classroom) -> None:
        self.classroom = classroom
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = server_of(create_app(classroom.name, school.ailments))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]})
        self._thread.start()
        wait_until(lambda: self._server.started, "the board answers", SECONDS_TO_SHOW)

    def door(self, token: str) -> str:
        """The link with TOKEN."""
        return f"{self.url}/enter/{token}"

    def stop(self) -> None:
        """Answer no more."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> School:
    """A host on which classes come up at once."""
    return a_school(tmp_path, monkeypatch)


@pytest.fixture
def board(school: School) -> Iterator[Served]:
    """The board of a class of three with two exercises, and a spare seat."""
    served = Served(school, school.make(exercises=EXERCISES, spares=1))
    yield served
    served.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a window."""
    with browser_page() as page:
        browser = page.context.browser
        assert browser is not None
        yield browser


class Screens:
    """Browsers of several people; what goes wrong in their pages is in `errors`."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.errors: list[str] = []

    def open(self, url: str, width: int = 1280, height: int = 800) -> Page:
        """A page at URL in a browser of somebody's own."""
        page = self._browser.new_context(viewport={"width": width, "height": height}).new_page()
        page.set_default_timeout(SECONDS_TO_SHOW * 1000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.goto(url)
        return page

    def close(self) -> None:
        """Close them all."""
        for context in self._browser.contexts[1:]:
            context.close()


@pytest.fixture
def screens(browser: Browser) -> Iterator[Screens]:
    """Browsers of several people."""
    expect.set_options(timeout=SECONDS_TO_SHOW * 1000)
    screens = Screens(browser)
    yield screens
    screens.close()

"""When the pages have to be drawn anew: the files of the class have changed, or how its labs are."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import anyio
from watchfiles import Change, awatch

from lab.classroom.classes import Classroom
from lab.classroom.health import ailments
from lab.errors import Refused

SECONDS_BETWEEN_LOOKS = 30
SECONDS_UNTIL_WATCHED_AGAIN = 1
MILLISECONDS_TO_SETTLE = 200

GONE = (Refused, FileNotFoundError)  # of a class that is being removed, files go one by one

Look = Callable[[str], list[str]]


class Pulse:
    """Beats when something has changed; `sick` has for each lab what is not well in it."""

    def __init__(self, classroom: Callable[[], Classroom], look: Look = ailments) -> None:
        self._classroom = classroom
        self._look = look
        self._next = anyio.Event()
        self.sick: dict[str, list[str]] = {}

    @property
    def next(self) -> anyio.Event:
        """What is set by the next beat; who draws takes it before, to miss none."""
        return self._next

    def beat(self) -> None:
        """Let all who wait draw anew."""
        beaten, self._next = self._next, anyio.Event()
        beaten.set()

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        """While the block runs, files are watched and labs are looked at; the class may go, and come back."""
        stop = anyio.Event()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._watch, self._classroom().directory, stop)
            tasks.start_soon(self._look_at_labs)
            yield
            stop.set()
            self.beat()
            tasks.cancel_scope.cancel()

    async def _watch(self, directory: Path, stop: anyio.Event) -> None:
        def is_its_own(_change: Change, path: str) -> bool:
            return Path(path).is_relative_to(directory)

        watched = directory.parent  # which outlives the class
        polling = None  # only if it has to be
        while not stop.is_set():
            try:
                async for _ in awatch(
                    watched,
                    watch_filter=is_its_own,
                    debounce=MILLISECONDS_TO_SETTLE,
                    stop_event=stop,
                    force_polling=polling,
                ):
                    self.beat()
            except Exception:  # noqa: BLE001  the kernel may watch no more for this user
                polling = True
                self.beat()  # what changed meanwhile was not seen
                await anyio.sleep(SECONDS_UNTIL_WATCHED_AGAIN)

    async def _look_at_labs(self) -> None:
        while True:
            sick = {}
            with suppress(Refused, OSError):
                for lab in self._classroom().labs:
                    sick[lab] = await self._ailments_of(lab)
            if sick != self.sick:
                self.sick = sick
                self.beat()
            await anyio.sleep(SECONDS_BETWEEN_LOOKS)

    async def _ailments_of(self, lab: str) -> list[str]:
        try:
            return await anyio.to_thread.run_sync(self._look, lab)
        except Exception as error:  # noqa: BLE001  whatever it was, the board has to go on
            return [f"nobody can look at it: {error!r}"]

"""What is under way: stages that start, wait for something, and are done or fail, each with its time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from time import monotonic


class State(StrEnum):
    """What has just happened to a stage."""

    STARTED = "started"
    WAITING = "waiting for"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True)
class Event:
    """STAGE is now in STATE, SECONDS after it started; TEXT is what is waited for or why it failed."""

    stage: str
    state: State
    seconds: float
    text: str = ""


Listener = Callable[[Event], None]


class Stage:
    """A stage under way; whoever works in it says what it waits for."""

    def __init__(self, name: str, tell: Listener) -> None:
        self.name = name
        self._tell = tell
        self._started = monotonic()

    def waiting_for(self, what: str) -> None:
        """Say what the stage waits for now."""
        self.tell(State.WAITING, what)

    def tell(self, state: State, text: str = "") -> None:
        """Send the listeners an event of this stage."""
        self._tell(Event(self.name, state, monotonic() - self._started, text))


class Report:
    """Tells its LISTENERS every event, one at a time, also of stages side by side; keeps them all."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners
        self._lock = Lock()
        self.events: list[Event] = []

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """The stage NAME: it is done when the block ends, and failed when an exception leaves the block."""
        stage = Stage(name, self._tell)
        stage.tell(State.STARTED)
        try:
            yield stage
        except BaseException as error:
            stage.tell(State.FAILED, str(error) or type(error).__name__)
            raise
        stage.tell(State.DONE)

    def _tell(self, event: Event) -> None:
        with self._lock:
            self.events.append(event)
            for listener in self._listeners:
                listener(event)

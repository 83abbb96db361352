"""How far a command is: a table that lives on a terminal, plain lines without one; both on standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from lab.report import Event, Report, State

SIGNS = {State.DONE: ("done", "green"), State.FAILED: ("failed", "red")}


@contextmanager
def progress() -> Iterator[Report]:
    """A report that a person can follow while the block runs."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Report(print_line)
        return
    board = Board()
    with Live(board, console=console, refresh_per_second=8):
        yield Report(board.hear)


def print_line(event: Event) -> None:
    """Print EVENT in one line."""
    print(line(event), file=sys.stderr, flush=True)  # noqa: T201


def line(event: Event) -> str:
    """EVENT in one line: `  12.3 s  boot: waiting for ssh in compute1`; of an error only the first."""
    return f"{event.seconds:6.1f} s  {event.stage}: {event.state} {first_line(event.text)}".rstrip()


def first_line(text: str) -> str:
    """The first line of TEXT."""
    return text.partition("\n")[0]


class Board:
    """The stages in the order in which they started, each with its time and what it waits for."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[Event, float]] = {}
        self._spinner = Spinner("dots")

    def hear(self, event: Event) -> None:
        """Take notice of EVENT."""
        self._last[event.stage] = event, monotonic()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        table = Table.grid(padding=(0, 1))
        for event, at in list(self._last.values()):
            table.add_row(*self._row(event, at))
        yield Group(table)

    def _row(self, event: Event, at: float) -> tuple[Text | Spinner, Text, Text, Text]:
        if event.state in SIGNS:
            word, style = SIGNS[event.state]
            return (
                Text(word, style),
                Text(f"{event.seconds:6.1f} s"),
                Text(event.stage),
                Text(first_line(event.text), style),
            )
        waiting = f"waiting for {first_line(event.text)}" if event.text else ""
        seconds = event.seconds + monotonic() - at
        return self._spinner, Text(f"{seconds:6.1f} s"), Text(event.stage), Text(waiting, "dim")

import io

import pytest
from rich.console import Console

from lab.cli.progress import Board, line, progress
from lab.report import Event, State


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event("boot", State.STARTED, 0), "   0.0 s  boot: started"),
        (
            Event("boot", State.WAITING, 1.23, "ssh in compute1"),
            "   1.2 s  boot: waiting for ssh in compute1",
        ),
        (Event("boot", State.FAILED, 100, "it died\nits last words"), " 100.0 s  boot: failed it died"),
    ],
)
def test_an_event_is_a_line(event: Event, words: str) -> None:
    assert line(event) == words


def test_without_a_terminal_there_are_lines_and_no_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    with progress() as report, report.stage("boot") as stage:
        stage.waiting_for("ssh")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert [one.split("  ")[-1] for one in captured.err.splitlines()] == [
        "boot: started",
        "boot: waiting for ssh",
        "boot: done",
    ]
    assert "\x1b" not in captured.err


def test_a_terminal_shows_each_stage_once_with_its_last_state() -> None:
    board = Board()
    board.hear(Event("boot", State.STARTED, 0))
    board.hear(Event("boot", State.DONE, 7.5))
    board.hear(Event("deploy control", State.WAITING, 1, "databases"))
    screen = io.StringIO()
    Console(file=screen, force_terminal=True, width=100, no_color=True).print(board)
    lines = [text.strip() for text in screen.getvalue().splitlines() if text.strip()]
    assert len(lines) == 2
    assert "done" in lines[0]
    assert "7.5 s boot" in lines[0]
    assert "deploy control" in lines[1]
    assert "waiting for databases" in lines[1]

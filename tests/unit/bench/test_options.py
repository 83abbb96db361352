"""What the benchmark refuses, in one line and before it measures anything."""

import sys

import pytest

from tests.bench import __main__ as program


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ["--lab", "--restart"],
            "refused: --restart or --from-scratch: they are for this machine's cloud; leave out --lab\n",
        ),
        (["--ten-nodes"], "refused: --provider or --ten-nodes: they are for labs; add --lab\n"),
        (["--provider", "docker"], "refused: --provider or --ten-nodes: they are for labs; add --lab\n"),
    ],
)
def test_options_that_do_not_go_together(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], line: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", *options])
    assert program.main() == 2
    assert capsys.readouterr() == ("", line)


def test_who_is_not_root(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--lab"])
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert program.main() == 2
    assert capsys.readouterr().err.endswith("only root reads the memory of all processes; run it as root\n")

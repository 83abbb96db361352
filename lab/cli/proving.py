"""A lab proven, and what is known of it put together: check, collect."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from lab.choosing import chosen_lab
from lab.cli.app import LabOption, OptionalLab, Verbatim, app, number
from lab.cli.machines import Words, without_dashes
from lab.cli.output import print_line
from lab.holding import hold
from lab.proof import REFUSED, install_browser, run_pytest

MOST_MINUTES = 366 * 24 * 60


@app.command(context_settings=Verbatim)
def check(arguments: Words = None, lab: LabOption = "") -> None:
    """Run the checks of the lab's scenario against it; what is given is for pytest, also single tests."""
    chosen = chosen_lab(lab)
    with hold(chosen):
        pass  # pytest holds it; that somebody else does is said here in one line
    install_browser()
    checks = f"testpaths={shlex.join(chosen.scenario.checks)}"
    code = run_pytest("--lab-reuse", chosen.name, "-o", checks, *(arguments or []))
    raise typer.Exit({0: 0, REFUSED: 2}.get(code, 1))


@app.command(context_settings=Verbatim)
def repeat(
    times: Annotated[int, typer.Argument(min=1, metavar="N")], arguments: Words = None, lab: LabOption = ""
) -> None:
    """Run a test N times, each time in the lab as it is now; tell how often it failed."""
    from lab.repetition import repeat as repeat_tests  # noqa: PLC0415

    chosen = chosen_lab(lab)
    install_browser()
    failed = repeat_tests(chosen, times, without_dashes(arguments), print_line)
    raise typer.Exit(1 if failed else 0)


@app.command()
def collect(
    lab: OptionalLab = "",
    directory: Annotated[Path | None, typer.Option("--to", help="Where to put it.")] = None,
    minutes: Annotated[
        float,
        typer.Option(min=0, max=MOST_MINUTES, callback=number, help="How far back logs are read."),
    ] = 60,
) -> None:
    """Put consoles, journals, logs and networks of all machines into a directory, with an index to read."""
    from lab.evidence import collect_lab  # noqa: PLC0415

    chosen = chosen_lab(lab)
    print_line(str(collect_lab(chosen, directory or chosen.directory / "evidence/collected", minutes * 60)))

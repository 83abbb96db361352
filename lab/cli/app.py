"""The command `dslab` and the options that several of its commands have."""

from math import isnan
from typing import Annotated

import typer

from lab.cli import complete
from lab.cli.output import print_note
from lab.labs import unreadable_labs

app = typer.Typer(
    name="dslab",
    help="Machines booted, DietStack deployed in them, the cloud proven: labs to use and to throw away.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def note_unreadable_labs() -> None:
    """Before each command: say which labs it goes on without."""
    for refusal in unreadable_labs():
        print_note(str(refusal))


def number(value: float) -> float:
    """VALUE, or a refusal of what is no number; `nan` is within all bounds of an option."""
    if isnan(value):
        raise typer.BadParameter(f"{value} is no number.")
    return value


OptionalLab = Annotated[
    str,
    typer.Argument(
        metavar="[LAB]", help="The lab; may be left out if there is one.", autocompletion=complete.labs
    ),
]
LabOption = Annotated[
    str, typer.Option("--lab", "-l", help="The lab, if there are several.", autocompletion=complete.labs)
]
Json = Annotated[bool, typer.Option("--json", help="Print what a program can read.")]
Verbatim = {"ignore_unknown_options": True, "allow_interspersed_args": False}

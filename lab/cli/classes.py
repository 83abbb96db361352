"""Classes: up, status, add, reset, board, down.

What needs openstacksdk, a web server or draws pages is imported where it is used.
"""

from typing import Annotated

import typer

from lab.classroom.classes import Classroom, chosen_class
from lab.classroom.plan_file import load_plan
from lab.cli import complete
from lab.cli.app import Json, app
from lab.cli.output import print_json, print_line, print_table
from lab.cli.progress import progress

classes = typer.Typer(help="Seats for learners: made, watched over, set up anew.")
app.add_typer(classes, name="class", no_args_is_help=True)

OptionalClass = Annotated[
    str,
    typer.Argument(
        metavar="[CLASS]", help="The class; may be left out if there is one.", autocompletion=complete.classes
    ),
]
ClassOption = Annotated[
    str,
    typer.Option("--class", "-c", help="The class, if there are several.", autocompletion=complete.classes),
]


@classes.command("up")
def up(
    plan: Annotated[
        str,
        typer.Argument(
            metavar="CLASS", help="Its name, or the path of its file.", autocompletion=complete.plans
        ),
    ],
) -> None:
    """Make a class with all its seats; typed again, it goes on, takes up changes, and starts what is down."""
    from lab.classroom.making import bring_class_up  # noqa: PLC0415

    wanted = load_plan(plan)
    with progress() as report:
        classroom = bring_class_up(wanted, report)
    print_line(welcome(classroom))


def welcome(classroom: Classroom) -> str:
    """What a trainer has to know of a CLASSROOM that is ready."""
    name = classroom.name
    return f"""
Class {name} is ready: {len(classroom.seats)} seats, {len(classroom.spares)} spare.{of_quotas(classroom)}
  handouts     {classroom.directory}/seats/*/handout.pdf, one for each seat
  the board    ./dslab class board {name}
  how it is    ./dslab class status {name}
  a seat anew  ./dslab class reset --class {name} seat1
  away with it ./dslab class down {name}"""


def of_quotas(classroom: Classroom) -> str:
    """What a trainer has to know of seats that have another quota than CLASSROOM says."""
    names = ", ".join(seat.name for seat in classroom.seats_without_quota)
    kept = "an exercise is under way there; class up changes it afterwards"
    return f"\nThe quota of {names} is as it was: {kept}." if names else ""


@classes.command("status")
def status(name: OptionalClass = "", as_json: Json = False) -> None:
    """How the seats and the labs of a class are; exit code 1 if one of them is not well."""
    from lab.classroom.standing import standing_of, word_for  # noqa: PLC0415

    found = standing_of(chosen_class(name))
    if as_json:
        print_json(found.as_json())
    else:
        print_table(
            ("seat", "state", "lab", "passed"),
            [
                (seat.name, word_for(seat), seat.lab, f"{found.passed[seat.name]} of {found.exercises}")
                for seat in found.seats
            ],
        )
        for lab, said in found.sick.items():
            for line in said:
                print_line(f"lab {lab} is not well: {line}")
    raise typer.Exit(0 if found.is_well else 1)


@classes.command("add")
def add(name: OptionalClass = "") -> None:
    """Give a class one seat more: a spare one at once, or a new one."""
    from lab.classroom.making import add_seat  # noqa: PLC0415

    with progress() as report:
        seat = add_seat(chosen_class(name), report)
    print_line(f"{seat.name} is ready; its handout is {seat.pdf}")


@classes.command("reset")
def reset(
    seat: Annotated[str, typer.Argument(metavar="SEAT", help="seat1, seat2, ...")], name: ClassOption = ""
) -> None:
    """Let a seat be as new: what is in it goes, its credentials stay, the others are not touched."""
    from lab.classroom.making import reset_seat  # noqa: PLC0415

    with progress() as report:
        reset_seat(chosen_class(name), seat, report)


@classes.command("board")
def board(
    name: OptionalClass = "",
    address: Annotated[str, typer.Option(help="Of this host, where alone it listens.")] = "",
) -> None:
    """Serve the class board until Ctrl-C; the link printed is the trainer's, learners have theirs."""
    from lab.board import serve  # noqa: PLC0415
    from lab.classroom.handout import board_url  # noqa: PLC0415

    chosen = chosen_class(name)
    link = f"{board_url(chosen, address)}/enter/{chosen.trainer}"
    serve(chosen, address or "0.0.0.0", lambda: print_line(f"for the trainer: {link}"))  # noqa: S104


@classes.command("down")
def down(name: OptionalClass = "") -> None:
    """Remove a class: its labs, its seats, their handouts."""
    from lab.classroom.making import take_class_down  # noqa: PLC0415

    with progress() as report:
        take_class_down(chosen_class(name), report)

"""Exercises in one's own lab: list, show, start, check, hint, solve, reset, stop, shell.

What needs openstacksdk is imported where it is used.
"""

import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown

from lab.choosing import chosen_lab
from lab.classroom.classes import is_shared
from lab.cli import complete
from lab.cli.app import Json, LabOption, Verbatim, app
from lab.cli.machines import Words, become, has_terminal, without_dashes
from lab.cli.output import print_json, print_line, print_table
from lab.cli.progress import progress
from lab.deadline import Deadline
from lab.entry import entry
from lab.labs import all_labs
from lab.scenario import CONTROL

if TYPE_CHECKING:
    from lab.exercise import Exercise, Record, Seat, Verdict

exercises = typer.Typer(help="Something to make or to mend, and a check that tells what is left to do.")
app.add_typer(exercises, name="exercise", no_args_is_help=True)

Name = Annotated[
    str,
    typer.Argument(
        metavar="EXERCISE", help="Its name, or the path of its folder.", autocompletion=complete.exercises
    ),
]


@exercises.command("list")
def list_exercises(lab: LabOption = "", as_json: Json = False) -> None:
    """All exercises, what each takes, and how far one has come in a lab."""
    from lab.exercise import all_exercises, place_of, record_of  # noqa: PLC0415

    seat = place_of(chosen_lab(lab)) if lab or len(all_labs()) == 1 else None
    rows = [(one, record_of(one.name, seat) if seat else None) for one in all_exercises()]
    if as_json:
        print_json(
            [
                {"name": one.name, "title": one.text.title}
                | one.needs.model_dump(mode="json")
                | {"record": record.model_dump(mode="json") if record else None}
                for one, record in rows
            ]
        )
        return
    print_table(
        ("exercise", "", "minutes", "MiB", "needs", ""),
        [
            (
                *(one.name, one.text.title, str(one.needs.minutes), str(one.needs.memory)),
                needs_of(one),
                state_of(record),
            )
            for one, record in rows
        ],
    )


@exercises.command()
def show(exercise: Name) -> None:
    """Goal, story and tasks of an exercise."""
    print_text(exercise_called(exercise))


@exercises.command()
def start(exercise: Name, lab: LabOption = "") -> None:
    """Begin an exercise: sets up what it begins with, and says what there is to do."""
    from lab.exercise import start as begin  # noqa: PLC0415
    from lab.exercise import word_for  # noqa: PLC0415

    found, seat = exercise_called(exercise), seat_in(lab)
    with progress() as report, report.stage(f"start {found.name}") as stage:
        begin(found, seat, stage.waiting_for)
    print_text(found)
    print_line()
    print_line(f"Your cloud: dslab exercise shell, or cloud {seat.cloud} of {seat.clouds_yaml}")
    print_line(f"How far you are: dslab exercise check {word_for(found)}")


@exercises.command()
def check(exercise: Name, lab: LabOption = "", as_json: Json = False) -> None:
    """Tell what is done and what is missing; changes nothing. Exit code 1 unless all is done."""
    from lab.exercise import check as look  # noqa: PLC0415

    found, seat = exercise_called(exercise), seat_in(lab)
    verdict = look(found, seat)
    if as_json:
        print_json(verdict.model_dump(mode="json") | {"state": verdict.state})
    else:
        print_verdict(verdict, str(seat.log(found)))
    raise typer.Exit(0 if verdict.passed else 1)


@exercises.command()
def hint(exercise: Name, lab: LabOption = "") -> None:
    """Tell the next hint."""
    from lab.exercise import hint as next_hint  # noqa: PLC0415

    given = next_hint(exercise_called(exercise), seat_in(lab))
    print_line(f"Hint {given.number} of {given.of}: {given.text}")


@exercises.command()
def solve(exercise: Name, lab: LabOption = "") -> None:
    """Do what the exercise asks for, and show what one would have typed."""
    from lab.exercise import solve as do  # noqa: PLC0415

    found, seat = exercise_called(exercise), seat_in(lab)
    with progress() as report, report.stage(f"solve {found.name}") as stage:
        typed = do(found, seat, stage.waiting_for)
    for command in typed:
        print_line(command)


@exercises.command()
def reset(exercise: Name, lab: LabOption = "") -> None:
    """Begin an exercise anew, whatever was done."""
    from lab.exercise import reset as begin_anew  # noqa: PLC0415

    found, seat = exercise_called(exercise), seat_in(lab)
    with progress() as report, report.stage(f"reset {found.name}") as stage:
        begin_anew(found, seat, stage.waiting_for)


@exercises.command()
def stop(exercise: Name, lab: LabOption = "") -> None:
    """End an exercise: what it broke is mended, what was made is removed."""
    from lab.exercise import find_to_stop  # noqa: PLC0415
    from lab.exercise import stop as end  # noqa: PLC0415

    seat = seat_in(lab)
    found = find_to_stop(exercise, seat)
    with progress() as report, report.stage(f"stop {found.name}") as stage:
        end(found, seat, stage.waiting_for)
    if not found.folder.exists():
        print_line(f"{found.folder} is gone: what it broke outside of the project is not mended.")


@exercises.command(context_settings=Verbatim)
def shell(command: Words = None, lab: LabOption = "") -> None:
    """A shell in which `openstack` is the learner's, or one COMMAND there."""
    from lab.exercise.script import CREDENTIALS, hand_over_credentials  # noqa: PLC0415

    seat = seat_in(lab)
    hand_over_credentials(seat)
    options = ["--interactive", *(["--tty"] if has_terminal() else [])]
    for variable in (f"OS_CLIENT_CONFIG_FILE={CREDENTIALS.format(seat=seat.name)}", f"OS_CLOUD={seat.cloud}"):
        options += ["--env", variable]
    words = ["docker", "exec", *options, "dietstack-cli", *(without_dashes(command) or ["bash"])]
    become(entry(seat.lab, CONTROL, shlex.join(words), terminal=has_terminal()))


def exercise_called(name: str) -> "Exercise":
    """The exercise that a person called so."""
    from lab.exercise import find_exercise  # noqa: PLC0415

    return find_exercise(name)


def seat_in(lab: str) -> "Seat":
    """The seat of who works in the lab called so, or in the only one."""
    from lab.api import cloud_answers  # noqa: PLC0415
    from lab.exercise import own_seat  # noqa: PLC0415

    chosen = chosen_lab(lab)
    Deadline.slowness = chosen.slowness
    with cloud_answers():
        return own_seat(chosen, alone=not is_shared(chosen.name))


def needs_of(exercise: "Exercise") -> str:
    """What the learner has to have for EXERCISE, in a word or three."""
    computes = exercise.needs.computes
    return f"{exercise.needs.access}, {computes} computes" if computes else str(exercise.needs.access)


def state_of(record: "Record | None") -> str:
    """How far one has come, in two words."""
    if record is None or record.started is None:
        return ""
    if record.passed:
        return "passed, solution seen" if record.solution_shown else "passed"
    return "under way" if record.under_way else "begun"


def print_text(exercise: "Exercise") -> None:
    """Print what a learner reads of EXERCISE before the hints; on a terminal in colours."""
    words = exercise.text.as_markdown()
    if sys.stdout.isatty():
        Console().print(Markdown(words))
    else:
        print_line(words)


def print_verdict(verdict: "Verdict", log: str) -> None:
    """Print VERDICT for the learner; in LOG stands what is for who wrote the check."""
    from lab.exercise import State  # noqa: PLC0415

    print_table(("", "task", ""), [(str(one.state), one.task, one.say) for one in verdict.findings])
    if verdict.state is State.FAULT:
        print_line("The check itself failed: that is the fault of the exercise or of its lab, not yours.")
        print_line(f"For who wrote it: {log}")

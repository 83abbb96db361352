"""Exercises from their folders, with errors that name the file, the line and the mend."""

import re
import shlex
from pathlib import Path

from lab.data_file import read_data
from lab.errors import Refused
from lab.exercise.model import Exercise, Needs, Programs, Text
from lab.scenario_file import SCENARIOS

EXERCISES = (SCENARIOS / "exercises").resolve()
NEEDS, TEXT, CHECK, SOLVE = "exercise.yaml", "exercise.md", "check.py", "solve"
EXAMPLE = "scenarios/exercises/volumes"
NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
SECTIONS = ("Story", "Tasks", "Hints")


def all_exercises() -> list[Exercise]:
    """The exercises of the checkout, in the order of the curriculum."""
    found = [read_exercise(file.parent) for file in EXERCISES.glob(f"*/{NEEDS}")]
    return sorted(found, key=lambda one: (one.needs.place, one.name))


def exercise_names() -> list[str]:
    """The names of the exercises of the checkout, whether they can be read or not."""
    return sorted(file.parent.name for file in EXERCISES.glob(f"*/{NEEDS}"))


def find_exercise(name_or_path: str) -> Exercise:
    """The exercise called so in scenarios/exercises/, or in the folder at that path (it has a / then).

    Raises Refused that names the file, the line and the mend.
    """
    folder = Path(name_or_path) if "/" in name_or_path else EXERCISES / name_or_path
    if not (folder / NEEDS).is_file():
        mend = f"there are {', '.join(exercise_names())}; or give the path of a folder with an {NEEDS}"
        raise Refused("exercise", name_or_path, mend)
    return read_exercise(folder.resolve())


def folder_elsewhere(exercise: Programs) -> Path | None:
    """The folder of EXERCISE; None if it is one of the checkout."""
    return None if exercise.folder.parent == EXERCISES else exercise.folder


def word_for(exercise: Programs) -> str:
    """What a person types for EXERCISE: its name, or the path of a folder that is not in the checkout."""
    elsewhere = folder_elsewhere(exercise)
    return shlex.quote(str(elsewhere)) if elsewhere else exercise.name


def read_exercise(folder: Path) -> Exercise:
    """The exercise in FOLDER; Refused if it is not whole."""
    if not NAME.fullmatch(folder.name):
        mend = "call its folder with up to 30 letters a-z, digits and _, a letter first"
        raise Refused("exercise", folder.name, mend)
    for name in (TEXT, CHECK, SOLVE):
        if not (folder / name).is_file():
            raise Refused(str(folder / name), None, f"it is not there; write it, as in {EXAMPLE}")
    needs = read_data(folder / NEEDS, Needs, {}, f"{EXAMPLE}/{NEEDS}")
    return Exercise(folder.name, folder, needs, read_text(folder / TEXT))


def read_text(file: Path) -> Text:
    """What FILE tells: a title and the goal, then story, tasks and hints below headings of these names."""
    try:
        lines = file.read_text("utf-8").splitlines() or [""]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise Refused(f"{file}, line {line}", None, "it is not UTF-8; write it so") from None
    if not lines[0].startswith("# "):
        raise Refused(f"{file}, line 1", lines[0], "begin with the title: # Title")
    starts = [0, *(number for number, line in enumerate(lines) if line.startswith("## "))]
    names = [lines[start].removeprefix("## ").strip() for start in starts[1:]]
    if names != list(SECTIONS):
        mend = "write these parts below the goal, in this order: " + ", ".join(
            f"## {name}" for name in SECTIONS
        )
        wrong = next((number for number, name in enumerate(names, 1) if name not in SECTIONS), -1)
        raise Refused(f"{file}, line {starts[wrong] + 1}", ", ".join(names) or None, mend)
    ends = [*starts[1:], len(lines)]
    parts = ["\n".join(lines[start + 1 : end]).strip() for start, end in zip(starts, ends, strict=True)]
    places = [f"{file}, line {start + 1}" for start in starts]
    for place, part in zip(places, parts, strict=True):
        if not part:
            raise Refused(place, None, "say something below it")
    goal, story, tasks, hints = parts
    return Text(
        title=lines[0].removeprefix("# ").strip(),
        goal=goal,
        story=story,
        tasks=items_of(tasks, places[2]),
        hints=items_of(hints, places[3]),
    )


def items_of(text: str, place: str) -> tuple[str, ...]:
    """The items of the numbered list that TEXT, which stands below PLACE, is."""
    first, *items = re.split(r"^\d+\.\s+", text, flags=re.MULTILINE)
    if first or not items:
        raise Refused(place, None, "write a numbered list below it: 1. ...")
    return tuple("\n".join(line.removeprefix("   ") for line in item.strip().splitlines()) for item in items)

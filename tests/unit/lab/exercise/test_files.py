"""Exercises of the checkout, and what a person is told of one that is wrong."""

import ast
import json
from pathlib import Path
from typing import TypeVar

import pytest

from lab.errors import Refused
from lab.exercise import Access, Exercise, Needs, all_exercises, find_exercise
from lab.exercise.files import EXERCISES
from tests.unit.lab.exercise.conftest import NEEDS, TEXT, Write

T = TypeVar("T", bound=ast.AST)

EXERCISES_OF_THE_CHECKOUT = [pytest.param(one, id=one.name) for one in all_exercises()]
each = pytest.mark.parametrize("exercise", EXERCISES_OF_THE_CHECKOUT)


def refusal_of(write: Write, **files: str) -> str:
    with pytest.raises(Refused) as refused:
        write(**files)
    return str(refused.value).rpartition("/mine/")[2]


def test_the_curriculum_is_in_order() -> None:
    places = [one.needs.place for one in all_exercises()]
    assert places == list(range(1, len(places) + 1))
    assert len(places) >= 12


@each
def test_each_check_has_a_test_with_words_for_each_task(exercise: Exercise) -> None:
    tests = [one for one in parts_of(exercise.check, ast.FunctionDef) if one.name.startswith("test_")]
    assert all(ast.get_docstring(test) for test in tests)
    assert len(tests) >= 2


@each
def test_each_assertion_tells_the_learner_something(exercise: Exercise) -> None:
    assert all(one.msg is not None for one in parts_of(exercise.check, ast.Assert))


@each
def test_what_breaks_something_mends_it(exercise: Exercise) -> None:
    assert exercise.needs.access is Access.PROJECT or exercise.script("restore")


@each
def test_what_a_learner_reads_names_what_the_check_looks_for(exercise: Exercise) -> None:
    words = exercise.text.story + "".join(exercise.text.tasks)
    for call in parts_of(exercise.check, ast.Call):
        for keyword in call.keywords:
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                assert f"`{keyword.value.value!s}`" in words


def parts_of(file: Path, kind: type[T]) -> list[T]:
    """All parts of the program FILE that are of that KIND."""
    return [part for part in ast.walk(ast.parse(file.read_text())) if isinstance(part, kind)]


def test_the_schema_for_editors_is_that_of_the_model() -> None:
    schema = json.loads((EXERCISES / "schema.json").read_text())
    assert schema == Needs.model_json_schema(), (
        "run python -m lab.exercise.schema > scenarios/exercises/schema.json"
    )


def test_a_folder_anywhere_is_one(write: Write) -> None:
    exercise = write()
    assert (exercise.name, exercise.text.title, exercise.text.goal) == ("mine", "A title", "The goal.")
    assert exercise.text.tasks == ("One thing.", "Another thing,\nin two lines.")
    assert exercise.text.hints == ("Look.", "Look again.")
    assert exercise.text.as_markdown() == TEXT.partition("\n\n## Hints")[0].replace("## Story\n\n", "")
    assert exercise.needs.access is Access.PROJECT
    assert exercise.script("setup") is None


def test_an_unknown_one_names_those_that_there_are() -> None:
    with pytest.raises(Refused, match=r"^exercise 'network-1': there are address, bootable, "):
        find_exercise("network-1")


@pytest.mark.parametrize(
    ("needs", "said"),
    [
        ("minutes: 5\n", "line 1: place: it is not there; add it"),
        ("place: 1\nminutes: 90\n", "line 2: minutes 90: give 20 or less"),
        (
            f"{NEEDS}access: root\n",
            "line 3: access 'root': give 'project', 'cloud' or 'machines'",
        ),
        (
            f"{NEEDS}colour: red\n",
            "line 3: colour 'red': no such key; remove it, or use one of "
            "access, computes, floating_ips, gigabytes, memory, minutes, place, servers, snapshots, volumes",
        ),
    ],
)
def test_an_error_of_the_needs_names_line_key_and_mend(write: Write, needs: str, said: str) -> None:
    assert refusal_of(write, exercise_yaml=needs) == f"exercise.yaml, {said}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1 '': begin with the title: # Title"),
        (TEXT.replace("# A title", "A title", 1), "line 1 'A title': begin with the title: # Title"),
        (TEXT.replace("The goal.", ""), "line 1: say something below it"),
        (
            TEXT.replace("## Tasks", "## Todo"),
            "line 9 'Story, Todo, Hints': write these parts below the goal, in this order: "
            "## Story, ## Tasks, ## Hints",
        ),
        (TEXT.replace("1. One thing.\n2. ", "* "), "line 9: write a numbered list below it: 1. ..."),
    ],
)
def test_an_error_of_the_text_names_line_and_mend(write: Write, text: str, said: str) -> None:
    assert refusal_of(write, exercise_md=text) == f"exercise.md, {said}"


def test_letters_that_are_not_utf_8_are_named(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "exercises/mine/exercise.md").write_bytes(
        TEXT.replace("Look.", "Sch\u00f6n.").encode("latin-1")
    )
    with pytest.raises(Refused, match=r"exercise\.md, line 17: it is not UTF-8; write it so$"):
        find_exercise(f"{tmp_path}/exercises/mine")


def test_a_missing_file_is_named(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "exercises/mine/check.py").unlink()
    with pytest.raises(
        Refused, match=r"mine/check\.py: it is not there; write it, as in scenarios/exercises"
    ):
        find_exercise(f"{tmp_path}/exercises/mine")


def test_a_name_that_no_command_could_have(write: Write, tmp_path: Path) -> None:
    folder = write().folder
    folder.rename(tmp_path / "My Own")
    with pytest.raises(Refused, match="exercise 'My Own': call its folder with up to 30 letters"):
        find_exercise(f"{tmp_path}/My Own")

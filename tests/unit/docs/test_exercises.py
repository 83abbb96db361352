"""docs/exercises.md: its curriculum is that of the checkout, its words are those of the code."""

import re

import pytest

from lab.cli.exercise import exercises
from lab.exercise import all_exercises, plugin
from lab.exercise.model import Needs
from tests.unit.docs.markdown import Document
from tests.unit.docs.repository import ROOT

MANUAL = Document(ROOT / "docs/exercises.md")
PRELUDE = (ROOT / "lab/exercise/prelude.sh").read_text()


def test_the_curriculum_is_that_of_the_checkout() -> None:
    rows = MANUAL.rows("exercise", "is about", "minutes", "MiB", "access")
    documented = [(name.strip("`"), *numbers) for name, _, *numbers in rows]
    assert documented == [
        (one.name, str(one.needs.minutes), str(one.needs.memory), str(one.needs.access))
        for one in all_exercises()
    ]


def test_commands_are_those_of_the_program() -> None:
    rows = MANUAL.rows("command", "does")
    documented = [re.findall(r"dslab exercise ([a-z]+)", command)[0] for command, _ in rows]
    callbacks = [one.callback for one in exercises.registered_commands]
    named = [
        one.name or callback.__name__
        for one, callback in zip(exercises.registered_commands, callbacks, strict=True)
        if callback
    ]
    assert documented == named


def test_functions_are_those_of_the_prelude() -> None:
    rows = MANUAL.rows("function", "does")
    documented = {word for name, _ in rows for word in re.findall(r"`([a-z_]+) ", name)}
    defined = set(re.findall(r"^([a-z_]+)\(\)", PRELUDE, re.MULTILINE))
    assert documented == defined - {"fail", "show"}


def test_keys_are_those_of_the_model() -> None:
    example = next(block.text for block in MANUAL.blocks if block.language == "yaml")
    assert set(re.findall(r"^([a-z_]+):", example, re.MULTILINE)) == set(Needs.model_fields)


def test_fixtures_are_those_of_the_plugin() -> None:
    rows = MANUAL.rows("fixture", "is")
    named = {name for cell, _ in rows for name in re.findall(r"`(\w+)`", cell)}
    fixtures = {
        name for name, it in vars(plugin).items() if isinstance(it, pytest.FixtureDef | type(plugin.seat))
    }
    assert named == fixtures

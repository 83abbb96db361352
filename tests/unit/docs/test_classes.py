"""docs/classes.md: its class is that of the checkout, its commands, keys and files are those of the code."""

import re

import typer

from lab.classroom.plan import Plan, Quota
from lab.classroom.plan_file import CLASSES
from lab.cli.classes import classes
from tests.unit.docs.markdown import Document
from tests.unit.docs.repository import ROOT

CLASSES_MD = Document(ROOT / "docs/classes.md")


def test_the_class_is_that_of_the_checkout() -> None:
    shown = next(block.text for block in CLASSES_MD.blocks if block.language == "yaml")
    assert shown == (CLASSES / "monday.yaml").read_text()


def test_commands_are_those_of_the_program() -> None:
    rows = CLASSES_MD.rows("command", "does")
    documented = {re.findall(r"dslab class ([a-z]+)", command)[0] for command, _ in rows}
    assert documented == set(typer.main.get_group(classes).commands)


def test_all_keys_are_told() -> None:
    keys = {*Plan.model_fields, *Quota.model_fields} - {"name"}
    told = set(re.findall(r"\b[a-z_]+\b", "\n".join(CLASSES_MD.code + [b.text for b in CLASSES_MD.blocks])))
    assert keys <= told

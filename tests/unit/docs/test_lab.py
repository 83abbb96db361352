"""docs/lab.md: its scenario is one, its refusal is what is said, its names are those of the code."""

import re
from pathlib import Path

import pytest

from lab.checkpoint.own_names import OWN_NAMES
from lab.cli.app import app
from lab.errors import Refused
from lab.fixtures.options import MARKERS
from lab.scenario_file import load_scenario
from tests.unit.docs.markdown import Document
from tests.unit.docs.repository import ROOT

LAB = Document(ROOT / "docs/lab.md")
SCENARIO = next(block.text for block in LAB.blocks if block.language == "yaml")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `class` for a scenario, beside which one types."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "class").mkdir()
    return tmp_path / "class"


def test_scenario_is_one(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(SCENARIO)
    scenario = load_scenario("./class")
    assert scenario.computes == ["compute1", "compute2", "compute3"]
    assert [stage.run for stage in scenario.stages] == ["./dscli.sh first_vm"]


def test_refusal_is_what_is_said(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(SCENARIO.replace("cpus: 2", "cpu: 2"))
    with pytest.raises(Refused) as refused:
        load_scenario("./class")
    assert f"refused: {refused.value}" in LAB.text


def test_commands_are_those_of_the_program() -> None:
    rows = LAB.rows("command", "does")
    documented = set(re.findall(r"dslab ([a-z]+)", " ".join(command for command, _ in rows)))
    groups = {group.name for group in app.registered_groups}
    callbacks = [one.callback for one in app.registered_commands]
    names = {
        one.name or callback.__name__
        for one, callback in zip(app.registered_commands, callbacks, strict=True)
        if callback
    }
    assert documented == names | groups


def test_names_of_checkpoints_are_those_that_are_refused() -> None:
    (names,) = re.findall(r"themselves, as (.*?); these names are refused", LAB.text)
    assert re.findall(r"`(.*?)`", names) == list(OWN_NAMES)


def test_markers_are_those_of_the_plugin() -> None:
    rows = LAB.rows("marker", "means")
    assert {row[0].strip("`") for row in rows} == {marker.partition(":")[0] for marker in MARKERS}


def test_options_are_those_of_the_plugin(pytestconfig: pytest.Config) -> None:
    text = " ".join(LAB.code)
    documented = set(re.findall(r"--lab-[a-z]+", text))
    known = {f"--{name.replace('_', '-')}" for name in vars(pytestconfig.option) if name.startswith("lab_")}
    assert documented == known

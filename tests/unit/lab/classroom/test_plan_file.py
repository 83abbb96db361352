"""Classes of the checkout, and what a trainer is told of one that is wrong."""

import json
from pathlib import Path

import pytest

from lab.classroom.arithmetic import check_seats
from lab.classroom.plan import Plan
from lab.classroom.plan_file import load_plan, plan_names, scenario_of
from lab.errors import Refused
from lab.paths import ROOT

GOOD = """\
title: First steps
scenario: multinode
seats: 3
"""
LONG = "a\n" * 11


def refusal_of(folder: Path, text: str) -> str:
    file = folder / "friday.yaml"
    file.write_text(text)
    with pytest.raises(Refused) as refused:
        load_plan(str(file))
    return str(refused.value).removeprefix(f"{file}, ")


def test_those_of_the_checkout() -> None:
    assert plan_names() == ["monday"]
    plan = load_plan("monday")
    assert (plan.name, plan.seats, plan.spares) == ("monday", 12, 1)


def test_those_of_the_checkout_have_room_in_their_scenario(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text(f"MemTotal: {32 * 2**20} kB\nMemAvailable: {30 * 2**20} kB\n")
    for plan in map(load_plan, plan_names()):
        assert check_seats(plan, scenario_of(plan), [], plan.all_seats, tmp_path / "meminfo").ok


def test_the_schema_for_editors_is_that_of_the_model() -> None:
    schema = json.loads((ROOT / "scenarios/class-schema.json").read_text())
    say = "run python -m lab.classroom.plan_file > scenarios/class-schema.json"
    assert schema == Plan.model_json_schema(), say


def test_the_file_gives_the_name(tmp_path: Path) -> None:
    (tmp_path / "friday.yaml").write_text(GOOD)
    assert load_plan(str(tmp_path / "friday.yaml")).name == "friday"


@pytest.mark.parametrize("path", ["./mine", "../friday/mine/scenario.yaml", "scenario.yaml", "."])
def test_the_path_of_a_scenario_begins_at_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    folder = tmp_path / "friday"
    (folder / "mine").mkdir(parents=True)
    for file in (folder / "mine/scenario.yaml", folder / "scenario.yaml"):
        file.write_text((ROOT / "scenarios/multinode/scenario.yaml").read_text())
    (folder / "friday.yaml").write_text(GOOD.replace("multinode", path))
    monkeypatch.chdir(tmp_path)
    plan = load_plan("friday/friday.yaml")
    monkeypatch.chdir("/")
    assert len(scenario_of(plan).compute_machines) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "room: 12\n",
            "line 4: room 12: no such key; remove it, or use one of board, exercises, kind, name, note, "
            "quota, scenario, seats, spares, title",
        ),
        (
            "quota:\n  servers: 2\n",
            "line 5: quota.servers 2: no such key; remove it, or use one of cores, floating_ips, gigabytes, "
            "instances, networks, ram, routers, snapshots, volumes",
        ),
        ("kind: table\n", "line 4: kind 'table': give 'project' or 'lab'"),
        ("spares: -1\n", "line 4: spares -1: give 0 or more"),
        ("board:\n  port: 70000\n", "line 5: board.port 70000: give 65535 or less"),
        ("exercises: [volumes, volumes]\n", "line 4: exercises ['volumes', 'volumes']: name volumes once"),
        (
            "note: Pokój 7, piętro 2\n",
            "line 4: note 'Pokój 7, piętro 2': write it without 'ę': the handouts' font has no such letter",
        ),
        (
            f"note: {json.dumps(LONG)}\n",
            f"line 4: note {LONG!r}: write it in 10 lines or fewer: more do not fit in the handouts",
        ),
        ("seats: 12\n", "line 4: seats 'seats': it stands there twice; remove one"),
    ],
)
def test_an_error_names_line_key_and_mend(tmp_path: Path, more: str, said: str) -> None:
    assert refusal_of(tmp_path, GOOD + more) == said


def test_too_many_seats(tmp_path: Path) -> None:
    said = refusal_of(tmp_path, GOOD.replace("3", "100"))
    assert said == "line 3: seats 100: give 99 or less"


@pytest.mark.parametrize(
    ("scenario", "kind", "said"),
    [
        ("by-hand", "project", "scenario 'by-hand': it has no cloud for seats to be in; take one that has"),
        (
            "local",
            "lab",
            "kind 'lab': local is this very machine, of which there is one; set kind to project",
        ),
        ("moon", "project", "scenario 'moon': there are "),
    ],
)
def test_a_scenario_in_which_no_seat_can_be(tmp_path: Path, scenario: str, kind: str, said: str) -> None:
    text = GOOD.replace("multinode", scenario) + f"kind: {kind}\n"
    assert refusal_of(tmp_path, text).startswith(said)


def test_an_unknown_name_lists_those_that_there_are() -> None:
    with pytest.raises(
        Refused, match=r"^class 'tuesday': there are monday; or give the path of a CLASS.yaml"
    ):
        load_plan("tuesday")


def test_a_path_to_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no such file"):
        load_plan(str(tmp_path / "tuesday.yaml"))

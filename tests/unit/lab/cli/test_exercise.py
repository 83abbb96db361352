"""`dslab exercise`: what is printed of what the room lab/exercise does."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab import exercise
from lab.classroom.classes import create_class
from lab.classroom.plan import Kind, Plan
from lab.exercise import (
    Exercise,
    Finding,
    Hint,
    Seat,
    State,
    Verdict,
    all_exercises,
    doing,
    place_of,
    record_of,
)
from lab.exercise.record import remember
from lab.labs import Lab, Phase
from tests.unit.lab.cli.conftest import Type

MakeLab = Callable[..., Lab]


@pytest.fixture
def ready(
    dslab: Type,  # noqa: ARG001  it wants to be the first
    make_lab: MakeLab,
    monkeypatch: pytest.MonkeyPatch,
) -> Lab:
    """A lab that is ready, in which the seat is taken for granted."""
    monkeypatch.setattr("lab.exercise.learner.opens", lambda _seat: True)
    return make_lab().save(phase=Phase.READY)


def returns(value: object) -> Callable[..., Any]:
    return lambda *_arguments: value


def test_list_without_a_lab(dslab: Type) -> None:
    lines = dslab("exercise", "list").out.splitlines()
    assert [line.split("\t")[0] for line in lines] == [one.name for one in all_exercises()]
    assert lines[-1].split("\t")[2:5] == ["20", "192", "machines, 2 computes"]


def test_list_tells_how_far_one_has_come(dslab: Type, ready: Lab) -> None:
    volumes = exercise.find_exercise("volumes")
    remember(volumes, place_of(ready), started=datetime.now(UTC), under_way=True)
    listed = {
        line.split("\t")[0]: line.split("\t")[-1] for line in dslab("exercise", "list").out.splitlines()
    }
    assert (listed["volumes"], listed["stack"]) == ("under way", "")
    by_name = {one["name"]: one for one in json.loads(dslab("exercise", "list", "--json").out)}
    assert by_name["volumes"]["record"]["under_way"]


def test_show_is_what_the_learner_reads_and_has_no_hints(dslab: Type) -> None:
    said = dslab("exercise", "show", "volumes").out
    text = exercise.find_exercise("volumes").text
    assert text.as_markdown() in said
    assert not any(hint in said for hint in text.hints)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("start", "volume"), "exercise 'volume': there are address, bootable"),
        (("start", "volumes"), "lab '': name one of those that there are: none"),
        (("check", "volumes", "--lab", "class"), "lab 'class': there is no such lab"),
    ],
)
def test_bad_input_is_refused_in_one_line(dslab: Type, arguments: tuple[str, ...], words: str) -> None:
    said = dslab("exercise", *arguments)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"refused: {words}")
    assert said.err.count("\n") == 1


def test_a_lab_that_is_not_ready_is_refused(dslab: Type, make_lab: MakeLab) -> None:
    make_lab()
    said = dslab("exercise", "start", "volumes")
    assert said.code == 2
    assert "lab 'class': there is no cloud in it that is ready" in said.err


@pytest.mark.usefixtures("ready")
def test_start_shows_what_there_is_to_do(dslab: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[str, str]] = []

    def start(found: Exercise, seat: Seat, heard: Callable[[str], object]) -> None:
        heard("set up")
        begun.append((found.name, seat.name))

    monkeypatch.setattr(exercise, "start", start)
    said = dslab("exercise", "start", "volumes")
    assert (said.code, begun) == (0, [("volumes", "learner")])
    assert "start volumes: waiting for set up" in said.err
    assert "# Disks that outlive servers" in said.out
    assert "dslab exercise check volumes" in said.out


def test_start_and_stop_of_one_by_its_path(
    dslab: Type, ready: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "my own" / "volumes"
    shutil.copytree(exercise.find_exercise("volumes").folder, folder)
    monkeypatch.setattr(doing, "clean", returns(None))
    monkeypatch.setattr(doing, "set_up", returns(None))
    assert f"dslab exercise check '{folder}'" in dslab("exercise", "start", str(folder)).out
    said = dslab("exercise", "start", "server")
    assert f"end that first: dslab exercise stop '{folder}'" in said.err
    shutil.rmtree(folder)
    said = dslab("exercise", "stop", str(folder))
    assert (said.code, said.out) == (
        0,
        f"{folder} is gone: what it broke outside of the project is not mended.\n",
    )
    assert not record_of("volumes", place_of(ready)).under_way


@pytest.mark.parametrize(("kind", "alone"), [(None, True), (Kind.LAB, True), (Kind.PROJECT, False)])
def test_in_the_lab_that_a_class_shares_one_is_not_alone(
    dslab: Type, ready: Lab, monkeypatch: pytest.MonkeyPatch, kind: Kind | None, alone: bool
) -> None:
    begun: list[bool] = []
    monkeypatch.setattr(exercise, "start", lambda _exercise, seat, _heard: begun.append(seat.alone))
    if kind:
        create_class(Plan(name=ready.name, title="Class", scenario="multinode", kind=kind, seats=2))
    assert dslab("exercise", "start", "volumes").code == 0
    assert begun == [alone]


def test_what_would_break_a_class_is_refused_in_its_lab(dslab: Type, ready: Lab) -> None:
    create_class(Plan(name=ready.name, title="Class", scenario="multinode", seats=2))
    said = dslab("exercise", "start", "silence")
    assert said.code == 2
    assert (
        "exercise 'silence': it needs the machines of a cloud, and seat learner shares lab class" in said.err
    )


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize(
    ("how", "code", "apology"), [(State.DONE, 0, False), (State.MISSING, 1, False), (State.FAULT, 1, True)]
)
def test_check_tells_what_is_missing_and_whose_fault_it_is(
    dslab: Type, monkeypatch: pytest.MonkeyPatch, how: State, code: int, apology: bool
) -> None:
    verdict = Verdict(findings=(Finding(task="A volume", state=how, say="why"),))
    monkeypatch.setattr(exercise, "check", returns(verdict))
    said = dslab("exercise", "check", "volumes")
    assert said.code == code
    assert said.out.splitlines()[0] == f"{how}\tA volume\twhy"
    assert ("fault of the exercise" in said.out) == apology
    assert json.loads(dslab("exercise", "check", "volumes", "--json").out)["state"] == how


@pytest.mark.usefixtures("ready")
def test_hint_and_solution(dslab: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exercise, "hint", returns(Hint(2, 3, "Look there.")))
    monkeypatch.setattr(exercise, "solve", returns(["openstack volume create ledger --size 1"]))
    assert dslab("exercise", "hint", "volumes").out == "Hint 2 of 3: Look there.\n"
    assert dslab("exercise", "solve", "volumes").out == "openstack volume create ledger --size 1\n"

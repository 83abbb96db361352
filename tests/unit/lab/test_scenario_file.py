"""Scenarios of the checkout, and what a person is told of one that is wrong."""

import json
from pathlib import Path

import pytest

from lab.errors import Refused
from lab.paths import ROOT
from lab.scenario import Scenario, address_of
from lab.scenario_file import load_scenario, scenario_names
from tests.unit.docs.repository import deploy

NEEDS = """
source deploy/checks/resources.sh
for role in "${!MEMORY_NEEDED[@]}"; do echo "$role ${MEMORY_NEEDED[$role]}"; done
"""
TAKEN_BY_AN_EMPTY_MACHINE = 300  # MB: kernel, systemd, Docker
GOOD = """\
description: for a test
machines:
  control:
    roles: [control, compute]
    memory: 4096
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    return folder


def refusal_of(folder: Path, text: str) -> str:
    (folder / "scenario.yaml").write_text(text)
    with pytest.raises(Refused) as refused:
        load_scenario(folder)
    return str(refused.value).removeprefix(f"{folder}/scenario.yaml, ")


def test_those_of_the_checkout() -> None:
    assert {name: len(load_scenario(name).machines) for name in scenario_names()} == {
        "allinone": 1,
        "by-hand": 2,
        "classroom": 3,
        "local": 1,
        "multinode": 3,
        "ten-nodes": 10,
    }


def test_multinode_needs_what_is_promised() -> None:
    multinode = load_scenario("multinode")
    assert multinode.memory == 6144
    assert multinode.computes == ["compute1", "compute2"]
    assert [str(address_of(name, multinode.ds)) for name in multinode.machines] == [
        "192.168.23.10",
        "192.168.23.11",
        "192.168.23.12",
    ]


@pytest.mark.parametrize("name", [name for name in scenario_names() if not load_scenario(name).local])
def test_machines_have_the_memory_that_a_deployment_wants(name: str) -> None:
    wanted = dict(line.split() for line in deploy(NEEDS))
    for machine, spec in load_scenario(name).machines.items():
        left = spec.memory * 2**20 / 1e6 - TAKEN_BY_AN_EMPTY_MACHINE
        role = "all-in-one" if len(spec.roles) == 2 else spec.roles[0]
        assert left >= int(wanted[role]), f"{machine} of {spec.memory} MiB"


def test_the_manual_asks_for_as_much_memory_as_machines_of_a_lab_have() -> None:
    machines = load_scenario("multinode").machines
    manual = (ROOT / "docs/install.md").read_text()
    control, compute = machines["control"].memory // 1024, machines["compute1"].memory // 1024
    assert f"| memory | {control} GB for a control node" in manual
    assert f"{compute} GB for a node that only computes" in manual


def test_the_schema_for_editors_is_that_of_the_model() -> None:
    schema = json.loads((ROOT / "scenarios/schema.json").read_text())
    assert schema == Scenario.model_json_schema(), "run python -m lab.scenario_file > scenarios/schema.json"


def test_the_folder_gives_the_name(folder: Path) -> None:
    (folder / "scenario.yaml").write_text(GOOD)
    assert load_scenario(folder).name == "mine"


@pytest.mark.parametrize("path", [".", "./", "scenario.yaml", "./scenario.yaml", "../mine", "inner/.."])
def test_the_folder_gives_the_name_also_to_who_is_in_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    (folder / "scenario.yaml").write_text(GOOD)
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder)
    assert load_scenario(path).name == "mine"
    monkeypatch.chdir(folder / "inner")
    assert load_scenario("..").name == "mine"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "colour: red\n",
            "line 6: colour 'red': no such key; remove it, or use one of "
            "checks, deploy, description, ds, external, local, machines, name, stages",
        ),
        (
            "    disk: 1 K\n",
            "line 6: machines.control.disk '1 K': give a valid integer",
        ),
        (
            "    disk: 2026-02-30\n",
            "line 6: machines.control.disk '2026-02-30': give a valid integer",
        ),
        *(
            (f"    disk: {value}\n", f"line 6: machines.control.disk {value!r}: give a valid integer")
            for value in ("yes", "012", "1:30", "1_000", "2.5")
        ),
        ("    disk: true\n", "line 6: machines.control.disk True: give a valid integer"),
        ("    disk: 1\n", "line 6: machines.control.disk 1: give 20 or more"),
        (
            "    memory: 4\n",
            "line 6: machines.control.memory 'memory': it stands there twice; remove one",
        ),
        (
            "  compute10:\n    roles: [compute]\n    memory: 1024\n",
            "line 6: machines.compute10 'compute10': call machines control, and compute1 to compute9",
        ),
        (
            "  compute1:\n    roles: [boss]\n    memory: 1024\n",
            "line 7: machines.compute1.roles[0] 'boss': give 'control' or 'compute'",
        ),
        ("  compute1:\n    roles: [compute]\n", "line 6: machines.compute1.memory: it is not there; add it"),
        (
            "  compute1:\n    roles: [control]\n    memory: 1024\n",
            "line 1: give machine 'compute1' the one role compute",
        ),
        ("ds: 10.0.0.0/8\n", "line 6: ds '10.0.0.0/8': give a network with the prefix /24"),
        *(
            (
                f"ds: {network}\n",
                f"line 6: ds {network!r}: give a private network: "
                "a part of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16",
            )
            for network in ("255.255.255.0/24", "127.0.0.0/24", "8.8.8.0/24")
        ),
        ("ds: 192.168.99.0/24\n", "line 1: give external another network than ds"),
        (
            "local: true\ndeploy: false\n",
            "line 1: set deploy to true, or local to false: nothing is left to do",
        ),
        ("local: no way\n", "line 6: local 'no way': give a valid boolean, unable to interpret input"),
        (
            "stages:\n- name: first\n  run: 'true'\n  machine: compute1\n",
            "line 1: name a machine of the scenario in stage 'first', not 'compute1'",
        ),
        ("stages:\n- name: first\n", "line 7: stages[0].run: it is not there; add it"),
        (
            "checks: [\n",
            "line 7: it is not YAML; expected the node content, but found '<stream end>'",
        ),
        (
            "checks: [{{ wifi }}]\n",
            "line 6: checks[0]: a list or a map is no key; put text with brackets in quotes",
        ),
        (
            "checks:\n- tests/e2e\n- mine.py\n",
            "line 8: checks[1] 'mine.py': name a file or folder beside the scenario, or one of the checkout",
        ),
        ("? [a]\n: b\n", "line 6: a list or a map is no key; put text with brackets in quotes"),
        ("stages: &a [*a]\n", "line 6: stages[0]: it is a part of itself; write what is meant"),
        (
            "stages:\n- &a {run: *a}\n",
            "line 7: stages[0].run: it is a part of itself; write what is meant",
        ),
        ("    disk: !!int abc\n", "line 6: it is not YAML; 'abc' is no int; put text in quotes"),
        ("    disk: !!bool abc\n", "line 6: it is not YAML; 'abc' is no bool; put text in quotes"),
        ('description: "\0"\n', "line 1: it is not YAML; the character '\\x00' is not allowed"),
        (
            "checks: " + 2000 * "[" + "\n",
            "line 1: lists and maps stand too deep in each other; write what is meant",
        ),
    ],
)
def test_an_error_names_line_key_and_mend(folder: Path, more: str, said: str) -> None:
    assert refusal_of(folder, GOOD + more) == said


def test_checks_are_beside_the_scenario_or_in_the_checkout(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "scenario.yaml").write_text(GOOD + "checks: [mine.py, tests/e2e]\n")
    (folder / "mine.py").touch()
    monkeypatch.chdir(folder)
    scenario = load_scenario(".")
    assert scenario.checks == (str(folder / "mine.py"), "tests/e2e")
    assert Scenario.model_validate_json(scenario.model_dump_json()) == scenario


@pytest.mark.parametrize("text", ["", "- control\n", "just words\n"])
def test_a_file_without_keys(folder: Path, text: str) -> None:
    assert "write keys with values" in refusal_of(folder, text)


def test_bytes_that_are_no_text(folder: Path) -> None:
    (folder / "scenario.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Refused, match="it is not UTF-8"):
        load_scenario(folder)


def test_an_unknown_name_lists_those_that_there_are() -> None:
    with pytest.raises(
        Refused,
        match=r"^scenario 'multi': there are allinone, by-hand, classroom, local, multinode, ten-nodes; ",
    ):
        load_scenario("multi")


def test_a_path_to_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="there is no such file"):
        load_scenario(tmp_path / "scenario.yaml")

"""The benchmark of labs, with a `dslab` that only tells what it is asked."""

import json
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from lab.errors import Refused
from tests.bench import lab as bench
from tests.bench.lab import NAME, Dslab, costs, kind_of_machines, measure_lab
from tests.bench.measurement import Budget

DSLAB = """#!/bin/bash
cd "$(dirname "$0")"
echo "$*" >>calls
echo progress >&2
case "$*" in
"doctor --json") echo '{"provider": "docker", "findings": [{"check": "KVM", "ok": false}]}' ;;
"list --json") cat labs ;;
"checkpoints "*) echo '[{"megabytes": 700}]' ;;
"up "*" --computes 3"*) [[ ! -e full ]] || { echo 'refused: memory' >&2; exit 2; } ;;
esac
"""
UP = f"--name {NAME} --provider"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with such a program; the machines of its lab take 100 MB more each time one looks."""
    (tmp_path / "dslab").write_text(DSLAB)
    (tmp_path / "dslab").chmod(0o755)
    (tmp_path / "labs").write_text("[]")
    monkeypatch.setattr(bench, "describe_machine", lambda _checkout, virtual: f"here, {virtual}.")
    taken = iter(range(1000, 9000, 100))
    monkeypatch.setattr(bench, "memory_of", lambda _dslab: next(taken))
    return tmp_path


def calls(checkout: Path) -> list[str]:
    return (checkout / "calls").read_text().splitlines()


def test_a_lab_lives_three_times_as_system_containers(checkout: Path) -> None:
    measured = [budget for budget, _ in costs(Dslab(checkout), "docker", ten_nodes=False)]
    kept = [Budget.SAVE, Budget.CHECKPOINT, *[Budget.RESTORE] * 3]
    life = [Budget.LAB, *kept, Budget.LAB_MEMORY, Budget.COMPUTE, Budget.COMPUTE_MEMORY, Budget.DOWN]
    assert measured == [Budget.DOCTOR] * 3 + life * 3 + [Budget.AGAIN] * 3
    assert calls(checkout)[3:13] == [
        "forget --stages",
        f"up multinode {UP} docker",
        f"save {NAME} --lab {NAME}",
        f"checkpoints {NAME} --json",
        *[f"restore {NAME} --lab {NAME}"] * 3,
        f"forget {NAME} --lab {NAME}",
        f"up multinode {UP} docker --computes 3",
        f"down {NAME}",
    ]


def test_a_lab_lives_once_by_libvirt_and_is_not_larger(checkout: Path) -> None:
    measured = [budget for budget, _ in costs(Dslab(checkout), "libvirt", ten_nodes=False)]
    assert measured[6:9] == [Budget.RESTORE_LIBVIRT] * 3
    assert [measured[3], *measured[9:11]] == [Budget.LAB_LIBVIRT, Budget.LAB_MEMORY, Budget.DOWN]
    assert calls(checkout)[4] == f"up multinode {UP} libvirt"
    assert not any("--computes" in call for call in calls(checkout))


def test_ten_nodes_come_last_and_go(checkout: Path) -> None:
    measured = [budget for budget, _ in costs(Dslab(checkout), "docker", ten_nodes=True)]
    assert measured[-2:] == [Budget.TEN_NODES, Budget.TEN_NODES_MEMORY]
    assert calls(checkout)[-2:] == [f"up ten-nodes {UP} docker", f"down {NAME}"]


def test_one_more_costs_what_memory_is_more_than_before(checkout: Path) -> None:
    values = [
        value
        for budget, value in costs(Dslab(checkout), "docker", ten_nodes=False)
        if budget is Budget.COMPUTE_MEMORY
    ]
    assert values == [100, 100, 100]


def test_the_report_has_host_and_budgets(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure_lab(checkout, "", ten_nodes=False)
    said = capsys.readouterr()
    assert said.out.startswith("here, machines as system containers.\n\n| | budget | measured | |\n")
    assert "| memory of the machines of `multinode` (PSS) | 6000 MB | 1200 MB | within; median of" in said.out
    assert f"measuring dslab down {NAME}\n" in said.err


def test_a_lab_of_the_same_name_is_not_taken_up(checkout: Path) -> None:
    (checkout / "labs").write_text(json.dumps([{"name": "multinode"}, {"name": NAME}]))
    with pytest.raises(Refused, match=f"dslab down {NAME}$"):
        measure_lab(checkout, "", ten_nodes=False)
    assert calls(checkout) == ["list --json"]


def test_what_was_measured_before_a_failure_is_told(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "full").touch()
    with pytest.raises(CalledProcessError, match=r"--computes.* status 2"):
        measure_lab(checkout, "docker", ten_nodes=False)
    told = capsys.readouterr().out
    assert "| `dslab up multinode`, until a server has run on each compute node | 120 s |" in told
    assert "one more" not in told
    assert calls(checkout)[-1] == f"up multinode {UP} docker --computes 3"  # its lab stays


@pytest.mark.parametrize(
    ("provider", "kvm", "words"),
    [
        ("docker", True, "machines as system containers"),
        ("libvirt", True, "virtual machines on KVM"),
        ("libvirt", False, "virtual machines by emulation"),
    ],
)
def test_what_the_machines_were_is_said(provider: str, kvm: bool, words: str) -> None:
    assert kind_of_machines(provider, [{"check": "KVM", "ok": kvm}, {"check": "DNS", "ok": True}]) == words

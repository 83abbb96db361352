"""The measurements of labs: what a person types for them is typed, and timed until it is done."""

import json
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lab.doctor import kvm
from lab.errors import Refused
from tests.bench.lab_memory import memory_of_machines
from tests.bench.machine import describe_machine
from tests.bench.measurement import Budget, Measurement
from tests.bench.report import budgets_table, progress, write

NAME = "bench"
REPETITIONS = 3
LABS = {"docker": REPETITIONS, "libvirt": 1}  # emulated machines take a quarter of an hour


class Dslab:
    """The command `dslab` of CHECKOUT; its progress is seen on stderr, and it raises CalledProcessError."""

    def __init__(self, checkout: Path) -> None:
        self._program = checkout / "dslab"

    def seconds(self, *arguments: str) -> float:
        """The seconds that `dslab ARGUMENTS` takes."""
        return self._type(*arguments)[0]

    def answer(self, *arguments: str) -> Any:
        """What `dslab ARGUMENTS --json` answers."""
        return json.loads(self._type(*arguments, "--json")[1])

    def _type(self, *arguments: str) -> tuple[float, str]:
        progress(" ".join(["dslab", *arguments]))
        command = [str(self._program), *arguments]
        start = time.monotonic()
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True
        )
        return time.monotonic() - start, done.stdout


def measure_lab(checkout: Path, provider: str, *, ten_nodes: bool) -> None:
    """Print what labs of CHECKOUT cost on PROVIDER, or on the one that the doctor chooses.

    What was measured is printed also when a command fails; its lab stays then, to be looked at.
    """
    dslab = Dslab(checkout)
    refuse_to_take_another(dslab)
    found = dslab.answer("doctor")
    provider = provider or found["provider"]
    write(describe_machine(checkout, kind_of_machines(provider, found["findings"])))
    values: dict[Budget, list[float]] = defaultdict(list)
    try:
        for budget, value in costs(dslab, provider, ten_nodes=ten_nodes):
            values[budget].append(value)
    finally:
        write(budgets_table(Measurement(budget, measured) for budget, measured in values.items()))


def refuse_to_take_another(dslab: Dslab) -> None:
    """Raise Refused if there is a lab of this name: `dslab up` would only take it up."""
    if any(lab["name"] == NAME for lab in dslab.answer("list")):
        raise Refused("lab", NAME, f"it is there, perhaps of an earlier run; remove it: ./dslab down {NAME}")


def costs(dslab: Dslab, provider: str, *, ten_nodes: bool) -> Iterator[tuple[Budget, float]]:
    """What labs on PROVIDER cost from their making to their removal; with TEN_NODES also a large one."""
    for _ in range(REPETITIONS):
        yield Budget.DOCTOR, dslab.seconds("doctor")
    up = ("--name", NAME, "--provider", provider)
    for _ in range(LABS[provider]):
        dslab.seconds("forget", "--stages")
        yield (
            Budget.LAB if provider == "docker" else Budget.LAB_LIBVIRT,
            dslab.seconds("up", "multinode", *up),
        )
        yield from costs_of_checkpoints(dslab, provider)
        before = memory_of(dslab)
        yield Budget.LAB_MEMORY, before
        if provider == "docker":  # one more has a budget as a system container only
            yield Budget.COMPUTE, dslab.seconds("up", "multinode", *up, "--computes", "3")
            yield Budget.COMPUTE_MEMORY, memory_of(dslab) - before
        yield Budget.DOWN, dslab.seconds("down", NAME)
    for _ in range(REPETITIONS):
        yield Budget.AGAIN, dslab.seconds("up", "multinode", *up)
        dslab.seconds("down", NAME)
    if ten_nodes:
        yield Budget.TEN_NODES, dslab.seconds("up", "ten-nodes", *up)
        yield Budget.TEN_NODES_MEMORY, memory_of(dslab)
        dslab.seconds("down", NAME)


def costs_of_checkpoints(dslab: Dslab, provider: str) -> Iterator[tuple[Budget, float]]:
    """What a checkpoint of the lab on PROVIDER costs; it goes again."""
    yield Budget.SAVE, dslab.seconds("save", NAME, "--lab", NAME)
    (megabytes,) = (one["megabytes"] for one in dslab.answer("checkpoints", NAME))
    yield Budget.CHECKPOINT, megabytes
    for _ in range(REPETITIONS):
        yield (
            Budget.RESTORE if provider == "docker" else Budget.RESTORE_LIBVIRT,
            dslab.seconds("restore", NAME, "--lab", NAME),
        )
    dslab.seconds("forget", NAME, "--lab", NAME)


def memory_of(dslab: Dslab) -> float:
    """MB that the machines of the lab take now."""
    (lab,) = (lab for lab in dslab.answer("list") if lab["name"] == NAME)
    return memory_of_machines(NAME, lab["machines"], lab["provider"])


def kind_of_machines(provider: str, findings: list[dict[str, Any]]) -> str:
    """What the machines on PROVIDER are, after the FINDINGS of the doctor."""
    if provider == "docker":
        return "machines as system containers"
    works = any(finding["ok"] for finding in findings if finding["check"] == kvm.CHECK)
    return f"virtual machines {'on KVM' if works else 'by emulation'}"

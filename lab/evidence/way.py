"""The ways of the servers' ports of a failed test, as `dietstack-net explain` follows them."""

import shlex
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab.errors import LabError
from lab.evidence.layer import THE_WAY_ENDS
from lab.evidence.machine import Looked, limited
from lab.evidence.project import ProjectState
from lab.scenario import CONTROL

MOST_PORTS = 8
SECONDS = 90  # an agent that does not answer is waited for
EXPLAIN = "docker exec --env OS_CLOUD=dietstack-admin dietstack-cli dietstack-net explain"


def follow(machines: Iterable[Looked], states: Sequence[ProjectState], directory: Path) -> list[str]:
    """Write a file for each port in the projects of STATES; returns how each way ends, in a line."""
    control = next((machine for machine in machines if machine.name == CONTROL), None)
    if control is None or not (directory / CONTROL / "links.txt").exists():
        return []  # it has been asked for other things and was silent
    ports = [(state.name, port) for state in states for port in state.ports][:MOST_PORTS]
    with ThreadPoolExecutor(max_workers=2) as pool:
        ways = pool.map(lambda port: way_of(control, port[1]), ports)
    lines = []
    for (project, port), way in zip(ports, ways, strict=True):
        (directory / f"project-{project}" / f"way-of-{port[:11]}.txt").write_text(way)
        lines.append(f"{port}: {last_line(way)}")
    return lines


def way_of(control: Looked, port: str) -> str:
    """What is said of the way of PORT, whose last line says where it ends."""
    try:
        return control.output(limited(f"{EXPLAIN} {shlex.quote(port)}", SECONDS))
    except (LabError, OSError, RuntimeError) as error:
        return f"no way: {error}"


def last_line(text: str) -> str:
    """The last line of TEXT, stripped."""
    return text.strip().rpartition("\n")[2]


def ends_of(lines: Iterable[str]) -> list[str]:
    """Where those ways end that are not whole."""
    ways = (line.partition(": ")[2] for line in lines)
    return [way for way in ways if way.startswith(THE_WAY_ENDS)]

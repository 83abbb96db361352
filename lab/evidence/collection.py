"""The directory of one failed test, or of a lab that somebody wants to look into."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import time

from lab.evidence.layer import Verdict, judge
from lab.evidence.logged_errors import logged_errors
from lab.evidence.machine import LONGEST, NOT_A_NAME, collect_machine
from lab.evidence.page import page
from lab.evidence.project import ProjectState, state_of
from lab.evidence.way import ends_of, follow
from lab.evidence.window import Window
from lab.labs import Lab
from lab.machine import Machine
from lab.project import Project
from lab.provider.byname import provider_called


@dataclass(frozen=True)
class Failure:
    """A test that failed with ERROR, what it was at work with, and when.

    SCREENS are pictures by name, LOG is the folder with the logs of how its lab was made.
    """

    test: str
    error: BaseException
    text: str
    window: Window
    projects: Sequence[Project] = ()
    screens: Mapping[str, bytes] = field(default_factory=dict)
    log: Path | None = None


@dataclass(frozen=True)
class Collected:
    """The DIRECTORY of the evidence, its VERDICT, and SECTIONS of it that are short enough for a terminal."""

    directory: Path
    verdict: Verdict
    sections: list[tuple[str, str]]

    @property
    def index(self) -> Path:
        """The page to open."""
        return self.directory / "index.html"


class Seen:
    """A machine as evidence sees it: whatever a command returns, what it said counts."""

    def __init__(self, machine: Machine) -> None:
        self.name = machine.name
        self.console = machine.console
        self._machine = machine

    def output(self, command: str) -> str:
        """What COMMAND printed."""
        return str(self._machine.result(command).stdout)


def collect_failure(failure: Failure, machines: Iterable[Machine], base: Path) -> Collected:
    """Put all there is about FAILURE into a directory of its own below BASE."""
    machines = list(machines)
    directory = base / NOT_A_NAME.sub("-", failure.test).strip("-")[-120:]
    make_empty(directory)
    states = [state_of(project) for project in failure.projects]
    missing = collect_machines(machines, directory, failure.window, namespaces_of(states))
    write_projects(states, directory)
    ways = follow(map(Seen, machines), states, directory)
    for name, picture in failure.screens.items():
        (directory / f"{NOT_A_NAME.sub('-', name)}.png").write_bytes(picture)
    (directory / "error.txt").write_text(failure.text)
    if failure.log:
        copy_logs(failure.log, directory / "lab")
    sick = sick_containers(directory)
    faults = [fault for state in states for fault in state.faults]
    verdict = judge(failure.error, silent_machines(directory, missing), faults, sick, ends_of(ways))
    sections = [
        *((f"project {state.name}", "\n".join(state.lines)) for state in states),
        ("ways of the servers' ports", "\n".join(ways)),
        ("containers that are not healthy", "\n".join(sick)),
        ("errors that services logged meanwhile", "\n".join(logged_errors(directory))),
        ("what could not be had", "\n".join(missing)),
    ]
    collected = Collected(directory, verdict, sections)
    everything = [("what failed", failure.text), *sections]
    collected.index.write_text(page(failure.test, str(verdict), everything, directory))
    return collected


def collect_lab(lab: Lab, directory: Path, seconds: float) -> Path:
    """Put what all machines of LAB tell of the last SECONDS into DIRECTORY; returns the page to open."""
    directory.mkdir(parents=True, exist_ok=True)
    machines = provider_called(lab.provider).machines(lab).values()
    missing = collect_machines(machines, directory, Window(time() - seconds, time()), None)
    copy_logs(lab.log, directory / "lab")
    sick = sick_containers(directory)
    sections = [
        ("containers that are not healthy", "\n".join(sick)),
        ("errors that services logged", "\n".join(logged_errors(directory))),
        ("what could not be had", "\n".join(missing)),
    ]
    verdict = (
        f"lab {lab.name}: {len(sick)} containers are not healthy, {len(missing)} things could not be had"
    )
    index = directory / "index.html"
    index.write_text(page(f"lab {lab.name}", verdict, sections, directory))
    return index


def make_empty(directory: Path) -> None:
    """Make DIRECTORY, without anything of an earlier run in it."""
    if directory.exists():
        shutil.rmtree(directory)
    directory.mkdir(parents=True)


def copy_logs(log: Path, directory: Path) -> None:
    """Copy the ends of the logs in the folder LOG to DIRECTORY."""
    for file in sorted(log.glob("*.log")):
        directory.mkdir(exist_ok=True)
        (directory / f"{file.name}.txt").write_bytes(file.read_bytes()[-LONGEST:])


def collect_machines(
    machines: Iterable[Machine], directory: Path, window: Window, namespaces: set[str] | None
) -> list[str]:
    """Fill a folder for each of MACHINES, all at once; returns what could not be had."""
    with ThreadPoolExecutor() as pool:
        jobs = [
            pool.submit(collect_machine, Seen(machine), directory / machine.name, window, namespaces)
            for machine in machines
        ]
        return [failure for job in jobs for failure in job.result()]


def namespaces_of(states: Iterable[ProjectState]) -> set[str]:
    """The network namespaces of the ports in STATES."""
    names = set()
    for state in states:
        names |= {f"qdhcp-{network}" for network in state.networks}
        names |= {f"qrouter-{router}" for router in state.routers}
    return names


def write_projects(states: Iterable[ProjectState], directory: Path) -> None:
    """Write what the APIs say of each project, and the consoles of its servers."""
    for state in states:
        folder = directory / f"project-{state.name}"
        folder.mkdir(exist_ok=True)
        (folder / "state.txt").write_text("\n".join(state.lines) + "\n")
        for server, console in state.consoles.items():
            (folder / f"console-{NOT_A_NAME.sub('-', server)}.txt").write_text(console)


def sick_containers(directory: Path) -> list[str]:
    """Machine, name and state of every container that is not healthy, from the files in DIRECTORY."""
    return [
        f"{file.parent.name}: {line}"
        for file in sorted(directory.glob("*/containers.txt"))
        for line in file.read_text().splitlines()
        if not line.endswith("(healthy)")
    ]


def silent_machines(directory: Path, missing: Iterable[str]) -> list[str]:
    """The machines of which nothing but perhaps the console could be had."""
    named = {failure.partition(":")[0] for failure in missing}
    return sorted(name for name in named if not (directory / name / "links.txt").exists())

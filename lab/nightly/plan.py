"""What a night consists of: what can be done, and what cannot this time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.doctor import Examination, examine
from lab.doctor.finding import ALL
from lab.scenario import Scenario
from lab.scenario_file import load_scenario, scenario_names
from lab.settings import STATE

NO_CLOUD = "this machine has no cloud"


@dataclass(frozen=True)
class Job:
    """The checks of SCENARIO on PROVIDER; on the cloud of this machine, as it is, without one.

    OBSTACLE is what keeps it from being done, if anything does.
    """

    scenario: Scenario
    provider: str = ""
    obstacle: str = ""

    @property
    def name(self) -> str:
        """What reports call it."""
        return f"{self.scenario.name} {self.provider}".strip()

    def arguments(self, folder: Path) -> list[str]:
        """Those of pytest, with all that it writes in FOLDER."""
        lab = ["--lab-scenario", self.scenario.name, "--lab-provider", self.provider] if self.provider else []
        return [
            *lab,
            *("--lab-evidence", str(folder / "evidence")),
            *("--junit-xml", str(folder / "junit.xml")),
            *("--html", str(folder / "report.html")),
            *self.scenario.checks,
        ]


def jobs(state: Path = STATE) -> Iterator[Job]:
    """All scenarios on all providers; the cloud of this machine is in STATE, if there is one."""
    for scenario in map(load_scenario, scenario_names()):
        if scenario.local:
            yield Job(scenario, obstacle="" if (state / "settings.sh").exists() else NO_CLOUD)
        else:
            found = examine(scenario)
            yield from (Job(scenario, provider, obstacle_to(found, provider)) for provider in sorted(ALL))


def obstacle_to(found: Examination, provider: str) -> str:
    """What the doctor FOUND that keeps labs on PROVIDER from working; empty if nothing does."""
    blocking = (finding for finding in found.findings if provider in finding.blocks)
    return next((f"{finding.check}: {finding.found}" for finding in blocking), "")

"""What a night consists of."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.doctor import examine
from lab.scenario import Scenario
from lab.scenario_file import load_scenario, scenario_names
from lab.settings import STATE


@dataclass(frozen=True)
class Job:
    """The checks of SCENARIO on PROVIDER; on the cloud of this machine, as it is, without one."""

    scenario: Scenario
    provider: str = ""

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
    """All jobs that this machine can do; its own cloud is one if there is one in STATE."""
    for scenario in map(load_scenario, scenario_names()):
        if not scenario.local:
            yield from (Job(scenario, provider) for provider in sorted(examine(scenario).possible))
        elif (state / "settings.sh").exists():
            yield Job(scenario)

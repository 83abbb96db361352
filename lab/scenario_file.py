"""Scenarios from their files."""

import json
import sys
from pathlib import Path

from lab.data_file import read_data
from lab.errors import Refused
from lab.scenario import Scenario

SCENARIOS = Path(__file__).parent.parent / "scenarios"
FILE = "scenario.yaml"


def load_scenario(name_or_path: str | Path) -> Scenario:
    """The scenario called so in scenarios/, or of the file or the folder at that path (`is_path`).

    Raises Refused that names file, line, key and mend.
    """
    file = file_of(str(name_or_path))
    name = file.parent.resolve().name
    return read_data(file, Scenario, {"name": name}, "scenarios/multinode/scenario.yaml")


def scenario_names() -> list[str]:
    """The names of the scenarios in scenarios/."""
    return sorted(file.parent.name for file in SCENARIOS.glob(f"*/{FILE}"))


def file_of(name_or_path: str) -> Path:
    """The file of the scenario that a person called so."""
    if not is_path(name_or_path):
        file = SCENARIOS / name_or_path / FILE
        mend = f"there are {', '.join(scenario_names())}; or give the path of a scenario.yaml"
    else:
        file = Path(name_or_path)
        file = file / FILE if file.is_dir() else file
        mend = "there is no such file; give the path of a scenario.yaml or of its folder"
    if not file.is_file():
        raise Refused("scenario", name_or_path, mend)
    return file


def is_path(name_or_path: str) -> bool:
    """Whether a person who types it means a path."""
    return "/" in name_or_path or name_or_path.endswith(".yaml") or name_or_path in {".", ".."}


if __name__ == "__main__":
    json.dump(Scenario.model_json_schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")

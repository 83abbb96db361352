"""Classes from their files."""

import json
import sys
from pathlib import Path

from lab.classroom.plan import Kind, Plan
from lab.data_file import read_data
from lab.errors import Refused
from lab.scenario import Scenario
from lab.scenario_file import SCENARIOS, is_path, load_scenario

CLASSES = SCENARIOS / "classes"


def load_plan(name_or_path: str) -> Plan:
    """The class called so in scenarios/classes/, or of the file at that path (`is_path`).

    A path of its scenario begins at its file. Raises Refused that names file, line, key and mend.
    """
    file = file_of(name_or_path)
    plan = read_data(file, Plan, {"name": file.stem}, "scenarios/classes/monday.yaml")
    if is_path(plan.scenario):
        plan = plan.model_copy(update={"scenario": str((file.parent / plan.scenario).resolve())})
    scenario_of(plan)
    return plan


def scenario_of(plan: Plan) -> Scenario:
    """The scenario of the labs of PLAN; Refused when no seat can be in one."""
    scenario = load_scenario(plan.scenario)
    if not scenario.deploy:
        raise Refused("scenario", plan.scenario, "it has no cloud for seats to be in; take one that has")
    if scenario.local and plan.kind is Kind.LAB:
        mend = f"{plan.scenario} is this very machine, of which there is one; set kind to project"
        raise Refused("kind", "lab", mend)
    return scenario


def plan_names() -> list[str]:
    """The names of the classes in scenarios/classes/."""
    return sorted(file.stem for file in CLASSES.glob("*.yaml"))


def file_of(name_or_path: str) -> Path:
    """The file of the class that a person called so."""
    if not is_path(name_or_path):
        file = CLASSES / f"{name_or_path}.yaml"
        mend = f"there are {', '.join(plan_names())}; or give the path of a CLASS.yaml"
    else:
        file = Path(name_or_path)
        mend = "there is no such file; give the path of a CLASS.yaml"
    if not file.is_file():
        raise Refused("class", name_or_path, mend)
    return file


if __name__ == "__main__":
    json.dump(Plan.model_json_schema(), sys.stdout, indent=2)
    sys.stdout.write("\n")

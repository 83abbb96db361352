"""What a lab consists of, and where that is written."""

from lab.scenario.file import load_scenario, scenario_names
from lab.scenario.model import (
    CONTROL,
    MachineSpec,
    Role,
    Scenario,
    Stage,
    address_of,
    host_address,
    number_of,
)

__all__ = [
    "CONTROL",
    "MachineSpec",
    "Role",
    "Scenario",
    "Stage",
    "address_of",
    "host_address",
    "load_scenario",
    "number_of",
    "scenario_names",
]

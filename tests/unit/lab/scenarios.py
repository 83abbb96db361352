"""Scenarios for tests that do not care what is in the folder `scenarios`."""

from lab.scenario import Scenario

MULTINODE = Scenario.model_validate(
    {
        "name": "multinode",
        "description": "one control and two compute machines",
        "machines": {
            "control": {"roles": ["control"], "memory": 4096, "cpus": 2},
            "compute1": {"roles": ["compute"], "memory": 1024},
            "compute2": {"roles": ["compute"], "memory": 1024},
        },
    }
)
LOCAL = Scenario.model_validate(
    {
        "name": "local",
        "description": "this very machine",
        "local": True,
        "machines": {"control": {"roles": ["control", "compute"], "memory": 4096}},
    }
)

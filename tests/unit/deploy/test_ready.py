"""A node is ready when all that belongs on it reports: what never has is as missing as what stopped."""

import importlib.util
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.unit.deploy.shell import DEPLOY

CONTROL = {
    "compute": ["nova-scheduler", "nova-conductor"],
    "network": [
        "neutron-linuxbridge-agent",
        "neutron-l3-agent",
        "neutron-dhcp-agent",
        "neutron-metadata-agent",
    ],
    "block_storage": ["cinder-scheduler", "cinder-volume", "cinder-backup"],
}


@pytest.fixture(scope="module")
def ready() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ready", DEPLOY / "services/cli/ready.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cloud(*, without: str = "", down: str = "") -> Any:
    """The control node's answers, WITHOUT one that never reported, and with one that is DOWN."""

    def services(of: str) -> list[Any]:
        return [
            SimpleNamespace(
                host="control@nfs" if name == "cinder-volume" else "control",
                binary=name,
                status="enabled",
                state="down" if name == down else "up",
                is_alive=name != down,
            )
            for name in CONTROL[of]
            if name != without
        ]

    return SimpleNamespace(
        compute=SimpleNamespace(services=lambda: services("compute")),
        network=SimpleNamespace(agents=lambda: services("network")),
        block_storage=SimpleNamespace(services=lambda: services("block_storage")),
    )


def test_a_control_node_of_which_all_reports_is_ready(ready: ModuleType) -> None:
    assert ready.missing(cloud(), "control", controls=True, computes=False) == []


@pytest.mark.parametrize("name", [name for names in CONTROL.values() for name in names])
def test_what_never_reported_is_missing(ready: ModuleType, name: str) -> None:
    found = ready.missing(cloud(without=name), "control", controls=True, computes=False)
    assert found == [f"{name} on control has never reported"]


@pytest.mark.parametrize("name", [name for names in CONTROL.values() for name in names])
def test_what_stopped_reporting_is_missing(ready: ModuleType, name: str) -> None:
    (found,) = ready.missing(cloud(down=name), "control", controls=True, computes=False)
    assert found.startswith(f"{name} on control ")


def test_each_node_has_an_agent_of_its_own(ready: ModuleType) -> None:
    found = ready.missing(cloud(), "compute1", controls=False, computes=False)
    assert found == ["neutron-linuxbridge-agent on compute1 has never reported"]

"""A node is ready when all that belongs on it reports: what never has is as missing as what stopped."""

from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.unit.deploy.shell import DEPLOY
from tests.unit.modules import module_of

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
    return module_of(DEPLOY / "services/cli/ready.py")


VCPU = {"total": 2, "reserved": 0, "allocation_ratio": 4.0, "max_unit": 2}
DISK_GB = {"total": 9, "reserved": 0, "allocation_ratio": 1.0, "max_unit": 9}


def answer_of_placement(inventories: Any, *, room: bool) -> Any:
    """What asks placement, which has INVENTORIES of the node `control`, and ROOM or none."""

    def get(url: str, **_: Any) -> Any:
        content = (
            {"allocation_requests": [{}] if room else []}
            if url == "/allocation_candidates"
            else {"inventories": inventories}
        )
        assert url in {"/allocation_candidates", "/resource_providers/id-of-control/inventories"}
        return SimpleNamespace(
            status_code=404 if inventories is None else 200,
            raise_for_status=lambda: None,
            json=lambda: content,
        )

    return get


def cloud(
    *, without: str = "", down: str = "", memory: int | None = 1000, room: bool = True, pools: bool = True
) -> Any:
    """The control node's answers, WITHOUT one that never reported, and with one that is DOWN.

    Placement knows of so much MEMORY, or of no such node, and has ROOM for another server. Cinder's scheduler
    knows POOLS.
    """
    memory_mb = {"total": memory, "reserved": 500, "allocation_ratio": 1.0, "max_unit": memory}
    inventories = None if memory is None else {"VCPU": VCPU, "MEMORY_MB": memory_mb, "DISK_GB": DISK_GB}
    hypervisor = SimpleNamespace(id="id-of-control", service_details={"host": "control"})

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
        compute=SimpleNamespace(services=lambda: services("compute"), hypervisors=lambda **_: [hypervisor]),
        network=SimpleNamespace(agents=lambda: services("network")),
        block_storage=SimpleNamespace(
            services=lambda: services("block_storage"), backend_pools=lambda: ["control@nfs"] if pools else []
        ),
        placement=SimpleNamespace(get=answer_of_placement(inventories, room=room)),
    )


def test_a_control_node_of_which_all_reports_is_ready(ready: ModuleType) -> None:
    assert ready.missing(cloud(), "control", controls=True, computes=False) == []


def test_a_scheduler_of_volumes_that_knows_no_storage_is_not_ready(ready: ModuleType) -> None:
    assert ready.missing(cloud(pools=False), "control", controls=True, computes=False) == [
        "cinder's scheduler does not know the storage of volumes"
    ]


@pytest.mark.parametrize("name", [name for names in CONTROL.values() for name in names])
def test_what_never_reported_is_missing(ready: ModuleType, name: str) -> None:
    found = ready.missing(cloud(without=name), "control", controls=True, computes=False)
    assert found == [f"{name} on control has never reported"]


@pytest.mark.parametrize("name", [name for names in CONTROL.values() for name in names])
def test_what_stopped_reporting_is_missing(ready: ModuleType, name: str) -> None:
    (found,) = ready.missing(cloud(down=name), "control", controls=True, computes=False)
    assert found.startswith(f"{name} on control ")


def test_a_node_that_only_computes_does_not_ask_cinder(ready: ModuleType) -> None:
    its_cloud = cloud()
    its_cloud.block_storage = None
    found = ready.missing(its_cloud, "control", controls=False, computes=False)
    assert found == []


def test_each_node_has_an_agent_of_its_own(ready: ModuleType) -> None:
    found = ready.missing(cloud(), "compute1", controls=False, computes=False)
    assert found == ["neutron-linuxbridge-agent on compute1 has never reported"]


NOW = ["--seconds", "0", "--node", "control", "--controls", "--computes"]


def told(ready: ModuleType, monkeypatch: pytest.MonkeyPatch, its_cloud: Any) -> int:
    """The exit code with ITS_CLOUD, for which there is no time to wait."""
    monkeypatch.setattr(ready.openstack, "connect", lambda **_: its_cloud)
    monkeypatch.setattr("sys.argv", ["ready", *NOW])
    monkeypatch.setattr(ready.time, "sleep", lambda _: None)
    code: int = ready.main()
    return code


def test_a_full_cloud_is_ready_with_a_note(
    ready: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(ready, monkeypatch, cloud()) == 0
    assert capsys.readouterr().out == ""
    assert told(ready, monkeypatch, cloud(room=False)) == 0
    assert capsys.readouterr().out == "note: the servers that there are leave no room for another small one\n"


@pytest.mark.parametrize(
    ("memory", "said"), [(600, "100 MEMORY_MB of 192"), (None, "it has not been told of this node")]
)
def test_a_node_that_has_no_room_even_when_empty_is_not_ready(
    ready: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    memory: int | None,
    said: str,
) -> None:
    assert told(ready, monkeypatch, cloud(memory=memory)) == 1
    assert f"placement has no room for a small server on control: {said}\n" in capsys.readouterr().out


def test_a_node_that_no_scheduler_knows_is_not_ready(ready: ModuleType) -> None:
    found = ready.missing(cloud(), "compute1", controls=False, computes=True)
    assert "nova's scheduler does not know the compute node compute1" in found


def test_a_cloud_that_does_not_answer_is_waited_for(
    ready: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise ready.ClientException("connection refused")

    silent = cloud()
    silent.network.agents = refuse
    assert told(ready, monkeypatch, silent) == 1
    assert "after 0 s: the cloud gives no answer: connection refused\n" in capsys.readouterr().out

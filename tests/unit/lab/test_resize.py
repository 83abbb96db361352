"""Labs that get compute machines or lose some, with machines that are none."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from keystoneauth1.exceptions import ConnectFailure

from lab import resize as resizing
from lab.doctor.finding import bad, good
from lab.doctor.resources import check_memory
from lab.errors import LabError, Refused
from lab.labs import Lab, Phase, create_lab, find_lab
from lab.report import Report
from lab.resize import resize
from lab.scenario import Scenario
from lab.scenario_file import load_scenario
from tests.unit.lab.scenarios import MULTINODE
from tests.unit.lab.world import World


@pytest.fixture
def ready(world: World) -> Lab:
    """A lab of two compute machines that is ready."""
    assert world.servers == {}
    lab = create_lab(MULTINODE, "docker")
    lab.clouds_yaml.touch()
    return lab.save(phase=Phase.READY)


def with_computes(number: int) -> Scenario:
    return MULTINODE.with_computes(number)


def test_more_computes_are_like_the_last_and_fewer_are_the_first() -> None:
    four = with_computes(4)
    assert list(four.machines) == ["control", "compute1", "compute2", "compute3", "compute4"]
    assert four.machines["compute4"] == MULTINODE.machines["compute2"]
    assert four.with_computes(1).computes == ["compute1"]
    assert with_computes(2) == MULTINODE


def test_a_gap_is_filled_first() -> None:
    machines = {name: spec for name, spec in with_computes(3).machines.items() if name != "compute2"}
    gap = MULTINODE.model_copy(update={"machines": machines})
    assert gap.with_computes(3).compute_machines == ["compute1", "compute2", "compute3"]


def test_a_scenario_without_compute_machines_cannot_have_more() -> None:
    with pytest.raises(Refused, match=r"^--computes 2: scenario allinone has no compute machine"):
        load_scenario("allinone").with_computes(2)


def test_a_machine_that_a_stage_needs_stays() -> None:
    stage = {"name": "a first server", "machine": "compute2", "run": "true"}
    scenario = Scenario.model_validate(MULTINODE.model_dump() | {"stages": [stage]})
    assert scenario.with_computes(3).compute_machines == ["compute1", "compute2", "compute3"]
    with pytest.raises(Refused, match=r"^--computes 1: stage 'a first server' needs compute2; keep it"):
        scenario.with_computes(1)


def test_only_the_new_machine_is_deployed(ready: Lab, world: World) -> None:
    world.deployed = {"compute1", "compute2"}
    resize(ready, with_computes(3), Report())
    assert list(world.scripts) == ["compute3"]
    assert "export PASSWORDS='of the control machine'\n" in world.scripts["compute3"]
    assert world.servers_on == ["compute3"]
    now = find_lab("multinode")
    assert now.scenario.computes == ["compute1", "compute2", "compute3"]
    assert now.phase is Phase.READY


def test_a_new_machine_that_does_not_boot_is_named_and_stays_to_be_taken_up(ready: Lab, world: World) -> None:
    world.silent = {"compute3"}
    with pytest.raises(LabError, match=r"^machine: compute3 is not up"):
        resize(ready, with_computes(3), Report())
    assert "compute3" in find_lab("multinode").scenario.machines
    assert world.scripts == {}


def test_a_lab_that_is_not_ready_only_learns_of_its_machines(ready: Lab, world: World) -> None:
    lab = resize(ready.save(phase=Phase.BUILDING), with_computes(3), Report())
    assert find_lab("multinode").scenario == lab.scenario == with_computes(3)
    assert world.scripts == {}


def test_machines_without_a_cloud_are_only_booted(ready: Lab, world: World) -> None:
    ready.clouds_yaml.unlink()
    bare = ready.save(scenario=MULTINODE.model_copy(update={"deploy": False}))
    larger = resize(bare, bare.scenario.with_computes(3), Report())
    assert world.scripts == {}
    world.silent = {"compute4"}
    with pytest.raises(LabError, match=r"^machine: compute4 is not up"):
        resize(larger, bare.scenario.with_computes(4), Report())
    resize(larger, bare.scenario, Report())
    assert (world.forgotten, world.removed) == ([], ["compute3"])


def test_a_machine_leaves_the_cloud_before_it_goes(ready: Lab, world: World) -> None:
    report = Report()
    lab = resize(ready, with_computes(1), report)
    assert "./destroyds.sh" in world.scripts["compute2"]
    assert list(world.scripts) == world.forgotten == world.removed == ["compute2"]
    assert find_lab("multinode").scenario == lab.scenario == with_computes(1)
    assert [event.stage for event in report.events if event.state == "done"] == ["remove compute2"]


def test_a_machine_without_power_is_forgotten_all_the_same(ready: Lab, world: World) -> None:
    world.without_power = {"compute2"}
    resize(ready, with_computes(1), Report())
    assert world.scripts == {}
    assert world.forgotten == world.removed == ["compute2"]


def test_a_machine_stays_while_servers_are_on_it(ready: Lab, world: World) -> None:
    world.servers = {"web": "compute2", "db": "compute2", "other": "compute1"}
    with pytest.raises(Refused, match=r"compute2.*web on compute2, db on compute2; move or delete them"):
        resize(ready, with_computes(1), Report())
    assert world.scripts == {}
    assert world.removed == []
    assert find_lab("multinode").scenario == MULTINODE


def test_a_machine_that_cannot_be_cleared_stays(ready: Lab, world: World) -> None:
    world.failing = {"compute2"}
    with pytest.raises(LabError, match=r"destroyds.sh in machine compute2 returned 1"):
        resize(ready, with_computes(1), Report())
    assert world.forgotten == world.removed == []
    assert find_lab("multinode").scenario == MULTINODE


def test_the_host_must_have_room_for_what_comes(
    ready: Lab, world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "meminfo").write_text("MemAvailable: 2000000 kB\n")
    monkeypatch.setattr(resizing, "check_memory", lambda needed: check_memory(needed, tmp_path / "meminfo"))
    resize(ready, with_computes(3), Report())
    with pytest.raises(Refused, match=r"^memory for compute4, compute5: 1953 MiB available, 2048 MiB needed"):
        resize(find_lab("multinode"), with_computes(5), Report())
    assert find_lab("multinode").scenario == with_computes(3)
    assert world.removed == []


def test_the_disk_of_the_other_provider_may_be_full(
    ready: Lab, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = bad("disk", "1 GiB free in /var/lib/libvirt/images", "dslab prune", frozenset({"libvirt"}))
    monkeypatch.setattr(resizing, "check_memory", lambda _needed: good("memory", "enough"))
    monkeypatch.setattr(resizing, "check_disk", lambda *_: full)
    resize(ready, with_computes(3), Report())
    with pytest.raises(Refused, match=r"^disk for compute4: 1 GiB free"):
        resize(find_lab("multinode").save(provider="libvirt"), with_computes(4), Report())
    assert list(world.scripts) == ["compute3"]


def test_a_cloud_that_does_not_answer_keeps_its_machines(
    ready: Lab, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def servers(**_options: object) -> None:
        raise ConnectFailure("connection refused")

    silent = SimpleNamespace(compute=SimpleNamespace(servers=servers))
    monkeypatch.setattr(resizing, "connect", lambda *_: silent)
    with pytest.raises(LabError, match=r"^service: the cloud does not answer as it should: connection"):
        resize(ready, with_computes(1), Report())
    assert world.removed == []

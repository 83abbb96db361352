"""The way from a scenario to a cloud, with machines that are none."""

import os
from errno import ENOSPC

import pytest

from lab.errors import LabError, Layer
from lab.holding import hold
from lab.labs import Lab, Phase, all_labs, create_lab, find_lab
from lab.report import Report
from lab.up import bring_up, take_down
from tests.unit.lab.scenarios import LOCAL, MULTINODE
from tests.unit.lab.world import FakeProvider, World


@pytest.fixture
def lab(world: World) -> Lab:
    assert not world.destroyed
    return create_lab(MULTINODE, "docker")


def stages(report: Report) -> list[str]:
    return [f"{event.stage} {event.state}" for event in report.events if event.state != "waiting for"]


def test_a_lab_that_comes_up(lab: Lab, world: World) -> None:
    report = Report()
    bring_up(lab, report)
    assert stages(report)[:4] == [
        "boot started",
        "boot done",
        "deploy control started",
        "deploy control done",
    ]
    assert world.servers_on == ["compute1", "compute2"]
    now = find_lab("multinode")
    assert (now.phase, now.slowness, now.emulated) == (Phase.READY, 2.0, True)
    assert lab.clouds_yaml.stat().st_mode & 0o777 == 0o600


def test_the_cloud_knows_this_very_machine_by_its_own_name(world: World) -> None:
    bring_up(create_lab(LOCAL, "here"), Report())
    assert world.servers_on == ["office"]


def test_the_settings_of_each_machine(lab: Lab, world: World) -> None:
    bring_up(lab, Report())
    control, compute = world.scripts["control"], world.scripts["compute2"]
    assert "export COMPUTE_NODE=false\n" in control
    assert "export EXTERNAL_INTERFACE=external\n" in control
    assert "PASSWORDS" not in control
    assert "export CONTROL_NODE=false\n" in compute
    assert "export CONTROL_NODE_DS_IP=192.168.23.10\n" in compute
    assert "export EXTERNAL_IP=192.168.99.1/24\n" in compute
    assert "export PATIENCE=2\n" in control
    assert "export PATIENCE=2\n" in compute
    assert "export PASSWORDS='of the control machine'\n" in compute
    assert "EXTERNAL_INTERFACE" not in compute


def test_patience_is_a_whole_number_and_stays_when_the_lab_is_ready(lab: Lab, world: World) -> None:
    assert lab.save(slowness=7.3).patience == 8
    bring_up(lab.save(slowness=7.3, phase=Phase.READY), Report())
    assert "export PATIENCE=8\n" in world.scripts["control"]
    assert find_lab("multinode").slowness == 7.3


def test_the_cloud_forgets_what_stood_in_the_place_of_a_new_machine(lab: Lab, world: World) -> None:
    world.deployed = {"compute1"}
    bring_up(lab, Report())
    assert world.forgotten == ["compute2"]


def test_a_compute_that_never_answers_does_not_stop_the_others(lab: Lab, world: World) -> None:
    world.silent = {"compute1"}
    with pytest.raises(LabError) as error:
        bring_up(lab, Report())
    assert str(error.value).startswith("machine: compute1 is not up\nIts console ends with:\npanic")
    assert str(error.value).endswith("The others are ready: compute2.")
    assert world.servers_on == ["compute2"]
    assert find_lab("multinode").phase is Phase.UNFINISHED


def test_a_deployment_that_fails_shows_the_log_of_its_machine(lab: Lab, world: World) -> None:
    world.failing = {"control"}
    with pytest.raises(LabError) as error:
        bring_up(lab, Report())
    assert str(error.value) == (
        f"deployment: ./runds.sh in machine control returned 1 ({lab.log}/control.log):\n"
        "network of the host    0.1 s\nno space left on device"
    )


def test_what_was_interrupted_goes_on(lab: Lab, world: World) -> None:
    world.interrupted = True
    report = Report()
    with pytest.raises(KeyboardInterrupt), hold(lab):
        bring_up(lab, report)
    assert stages(report)[-1] == "deploy control failed"
    assert find_lab("multinode").phase is Phase.UNFINISHED
    world.interrupted = False
    with hold(find_lab("multinode")) as held:
        bring_up(held, Report())
    assert find_lab("multinode").phase is Phase.READY


def test_machines_of_a_scenario_without_a_cloud_are_only_booted(lab: Lab, world: World) -> None:
    bare = lab.save(scenario=MULTINODE.model_copy(update={"deploy": False}))
    bring_up(bare, Report())
    assert world.scripts == {}
    assert world.servers_on == []
    assert find_lab("multinode").phase is Phase.READY
    world.silent = {"compute2"}
    with pytest.raises(LabError, match=r"^machine: compute2 is not up"):
        bring_up(bare, Report())


@pytest.mark.usefixtures("world")
def test_a_down_that_is_interrupted_leaves_nothing_that_is_ready(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_up(lab, Report())
    monkeypatch.setattr(FakeProvider, "destroy", raise_interrupt)
    with pytest.raises(KeyboardInterrupt), hold(find_lab(lab.name)) as held:
        take_down(held, Report())
    left = find_lab(lab.name)
    assert (left.phase, left.stage) == (Phase.UNFINISHED, "")


def raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_lab_goes_though_the_disk_is_full(lab: Lab, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def there_is_no_room(*_: object) -> None:
        raise OSError(ENOSPC, os.strerror(ENOSPC))

    def stick(*_: object) -> None:
        raise LabError(Layer.MACHINE, "stuck")

    with monkeypatch.context() as full:
        for write in ("lab.filelock.os.write", "lab.private.os.fsync"):
            full.setattr(write, there_is_no_room)
        with full.context() as stuck:
            stuck.setattr(FakeProvider, "destroy", stick)
            with pytest.raises(LabError, match="stuck"), hold(lab) as held:
                take_down(held, Report())
        with hold(lab) as held:
            take_down(held, Report())
    assert world.destroyed
    assert all_labs() == []


def test_down_leaves_nothing(lab: Lab, world: World) -> None:
    with hold(lab):
        take_down(lab, Report())
    assert world.destroyed
    assert not lab.directory.exists()
    assert all_labs() == []

import os
from pathlib import Path

import pytest

from lab import hostwide, labs, resize, stages, up
from lab.checkpoint import restoring, saving, verification
from lab.deadline import Deadline
from tests.unit.lab.clock import Clock
from tests.unit.lab.world import FakeApi, FakeProvider, World, fake_cloud


@pytest.fixture(autouse=True)
def _a_host_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one process of the host has at a time is not taken from labs that are really there."""
    monkeypatch.setattr(hostwide, "NAMESPACE", f"dietstack-lab-tests-{os.getpid()}")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which every deadline of the test goes."""
    clock = Clock()
    monkeypatch.setattr("lab.deadline.monotonic", clock)
    monkeypatch.setattr("lab.deadline.sleep", clock.sleep)
    return clock


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A host without labs, with machines that are none."""
    world = World()
    provider = FakeProvider(world)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(labs, "networks_of_host", list)
    for module in (up, resize):
        monkeypatch.setattr(module, "provider_called", lambda _name: provider)
        monkeypatch.setattr(module, "connect", lambda *_: fake_cloud(world))
        monkeypatch.setattr(module, "forget_compute", lambda _cloud, name: world.forgotten.append(name))
    for module in (stages, restoring, saving):
        monkeypatch.setattr(module, "provider_called", lambda _name: provider)
    for module in (saving, verification):
        monkeypatch.setattr(module, "connect", lambda *_: FakeApi(world))
        monkeypatch.setattr(module, "heartbeats", lambda _api: world.heartbeats)
    monkeypatch.setattr(verification, "expect_answers", lambda _api: None)
    monkeypatch.setattr(up, "wait_for_computes", lambda *_: None)
    monkeypatch.setattr(
        up, "check_servers", lambda _cloud, computes, _stage: world.servers_on.extend(computes)
    )
    monkeypatch.setattr(Deadline, "slowness", 1.0)
    return world

"""The benchmark's own waits: they look often, and end at once when there is nothing to wait for."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server

from lab.errors import Broken
from lab.project import Project
from tests.bench.servers import attach, wait_until_active
from tests.unit.lab.clock import Clock

SERVER = Server(id="1", name="s")
VOLUME = Volume(id="2", name="v")


def one_after_the_other(*statuses: str) -> Callable[[str], Any]:
    """An API that shows a thing in one status after the other."""
    left = list(statuses)
    return lambda _id: SimpleNamespace(status=left.pop(0), fault={"message": "no room"})


def project_with(servers: tuple[str, ...] = (), volumes: tuple[str, ...] = ()) -> Project:
    compute = SimpleNamespace(
        get_server=one_after_the_other(*servers),
        create_volume_attachment=lambda _server, volume_id: volume_id,
    )
    storage = SimpleNamespace(get_volume=one_after_the_other(*volumes))
    return cast(Project, SimpleNamespace(api=SimpleNamespace(compute=compute, block_storage=storage)))


def test_a_server_is_looked_at_ten_times_a_second(clock: Clock) -> None:
    wait_until_active(project_with(servers=("BUILD", "BUILD", "ACTIVE")), SERVER)
    assert clock.now == pytest.approx(0.2)


def test_a_server_in_error_is_not_measured(clock: Clock) -> None:
    with pytest.raises(Broken, match="no room"):
        wait_until_active(project_with(servers=("BUILD", "ERROR")), SERVER)
    assert clock.now == pytest.approx(0.1)


def test_a_volume_is_attached_when_it_is_in_use(clock: Clock) -> None:
    attach(project_with(volumes=("available", "reserved", "attaching", "in-use")), VOLUME, SERVER)
    assert clock.now == pytest.approx(0.3)


def test_a_volume_in_error_is_not_measured(clock: Clock) -> None:
    with pytest.raises(Broken, match="error_attaching"):
        attach(project_with(volumes=("attaching", "error_attaching")), VOLUME, SERVER)
    assert clock.now == pytest.approx(0.1)

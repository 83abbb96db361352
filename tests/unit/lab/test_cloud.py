from types import SimpleNamespace
from typing import Any, cast

import pytest
from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server
from openstack.exceptions import NotFoundException

from lab.api import Api
from lab.cloud import Cloud
from lab.errors import Broken, TooLate
from tests.unit.lab.clock import Clock

pytestmark = pytest.mark.usefixtures("clock")


class Compute:
    """Nova that shows a server in one state after the other."""

    def __init__(self, *states: dict[str, Any], actions: tuple[Any, ...] = ()) -> None:
        self._states = list(states)
        self._actions = actions

    def get_server(self, _: str) -> Server:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        return Server(id="1", name="s", **state)

    def server_actions(self, _: Server) -> tuple[Any, ...]:
        return self._actions


def cloud_with(**services: Any) -> Cloud:
    return Cloud(cast(Api, SimpleNamespace(**services)))


SERVER = Server(id="1", name="s")


def test_a_server_with_a_task_is_not_ready_yet(clock: Clock) -> None:
    compute = Compute({"status": "ACTIVE", "task_state": "pausing"}, {"status": "ACTIVE", "task_state": None})
    assert cloud_with(compute=compute).server_is(SERVER).task_state is None
    assert clock.now == 0.5


def test_a_server_in_error_ends_the_wait_with_its_fault(clock: Clock) -> None:
    compute = Compute({"status": "ERROR", "fault": {"message": "Failed to allocate the network(s)"}})
    with pytest.raises(Broken, match=r"^network: server s is in ERROR instead of ACTIVE: Failed to allocate"):
        cloud_with(compute=compute).server_is(SERVER)
    assert clock.now == 0


def test_a_server_whose_last_action_failed_is_not_awaited(clock: Clock) -> None:
    failed = SimpleNamespace(action="resize", message="Error")
    compute = Compute({"status": "ACTIVE"}, actions=(failed,))
    with pytest.raises(Broken, match="resize failed, it is ACTIVE instead of VERIFY_RESIZE"):
        cloud_with(compute=compute).server_is(SERVER, "VERIFY_RESIZE")
    assert clock.now == 0


def test_a_server_that_never_comes_is_too_late() -> None:
    compute = Compute({"status": "BUILD", "task_state": "spawning"})
    with pytest.raises(TooLate, match=r"server s ACTIVE: not within 30 s, at the end it is BUILD, spawning"):
        cloud_with(compute=compute).server_is(SERVER, within=30)


def test_a_volume_in_error_ends_the_wait(clock: Clock) -> None:
    storage = SimpleNamespace(get_volume=lambda _: Volume(id="2", name="v", status="error_extending"))
    with pytest.raises(Broken, match=r"^NFS: Volume v is error_extending instead of in-use$"):
        cloud_with(block_storage=storage).volume_is(Volume(id="2", name="v"), "in-use")
    assert clock.now == 0


def test_what_the_api_does_not_find_is_gone() -> None:
    def get(_: str) -> Volume:
        raise NotFoundException

    cloud_with().is_gone(Volume(id="2", name="v"), get)


def test_what_cannot_be_deleted_ends_the_wait() -> None:
    with pytest.raises(Broken, match="Volume v is error_deleting instead of gone"):
        cloud_with().is_gone(
            Volume(id="2", name="v"), lambda _: Volume(id="2", name="v", status="error_deleting")
        )


def test_a_server_in_error_that_is_being_deleted_goes() -> None:
    looks = iter(["deleting"])

    def get(_: str) -> Server:
        for state in looks:
            return Server(id="1", name="s", status="ERROR", task_state=state)
        raise NotFoundException

    cloud_with().is_gone(SERVER, get)
    assert next(looks, None) is None

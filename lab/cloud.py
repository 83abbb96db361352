"""The cloud as one of its users sees it: a connection, and waits that end as soon as they can."""

from collections.abc import Callable
from typing import Any, TypeVar

from openstack.block_storage.v3.backup import Backup
from openstack.block_storage.v3.snapshot import Snapshot
from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server
from openstack.exceptions import NotFoundException
from openstack.image.v2.image import Image
from openstack.orchestration.v1.stack import Stack
from openstack.resource import Resource

from lab.api import Api
from lab.deadline import Deadline, NotYet
from lab.errors import Broken, Layer, layer_of_fault

R = TypeVar("R", bound=Resource)


class Cloud:
    """An openstacksdk connection (`api`) and the waits that a test needs.

    Every wait takes the seconds it may last and returns the thing in its awaited state. It raises Broken as
    soon as the thing has failed, TooLate when time is up; both name the layer.
    """

    def __init__(self, api: Api) -> None:
        self.api = api

    def server_is(self, server: Server, status: str = "ACTIVE", within: float = 90) -> Server:
        """Wait for SERVER to have STATUS and nothing left to do."""

        def look() -> Server:
            now: Server = self.api.compute.get_server(server.id)
            if now.status == "ERROR" and status != "ERROR":
                raise self._broken_server(now, status)
            if now.task_state is not None:
                raise NotYet(f"it is {now.status}, {now.task_state}")
            if now.status != status:
                self._fail_with_its_last_action(now, status)
                raise NotYet(f"it is {now.status}")
            return now

        return Deadline(within).until(Layer.SERVICE, f"server {server.name} {status}", look)

    def _broken_server(self, server: Server, wanted: str) -> Broken:
        fault = (server.fault or {}).get("message", "no fault given")
        return Broken(layer_of_fault(fault), f"server {server.name} is in ERROR instead of {wanted}: {fault}")

    def _fail_with_its_last_action(self, server: Server, wanted: str) -> None:
        """Raise Broken if the last action of SERVER failed: then it stays in the state it is in."""
        last = next(iter(self.api.compute.server_actions(server)), None)
        if last is not None and last.message == "Error":
            message = f"server {server.name}: {last.action} failed, it is {server.status} instead of {wanted}"
            raise Broken(Layer.SERVICE, message)

    def volume_is(self, volume: Volume, status: str = "available", within: float = 90) -> Volume:
        """Wait for VOLUME to have STATUS."""
        return self._becomes(Layer.NFS, volume, self.api.block_storage.get_volume, status, within)

    def snapshot_is(self, snapshot: Snapshot, status: str = "available", within: float = 90) -> Snapshot:
        """Wait for the volume snapshot to have STATUS."""
        return self._becomes(Layer.NFS, snapshot, self.api.block_storage.get_snapshot, status, within)

    def backup_is(self, backup: Backup, status: str = "available", within: float = 120) -> Backup:
        """Wait for the volume backup to have STATUS."""
        return self._becomes(Layer.NFS, backup, self.api.block_storage.get_backup, status, within)

    def image_is(self, image: Image, status: str = "active", within: float = 120) -> Image:
        """Wait for IMAGE to have STATUS."""
        return self._becomes(Layer.IMAGE, image, self.api.image.get_image, status, within)

    def stack_is(self, stack: Stack, status: str = "CREATE_COMPLETE", within: float = 180) -> Stack:
        """Wait for STACK to have STATUS."""
        return self._becomes(Layer.SERVICE, stack, self.api.orchestration.get_stack, status, within)

    def _becomes(self, layer: Layer, thing: R, get: Callable[[str], R], status: str, within: float) -> R:
        what = name_of(thing)

        def look() -> R:
            now: Any = get(thing.id)
            if now.status == status:
                return now  # type: ignore[no-any-return]
            if has_failed(now.status):
                reason = getattr(now, "status_reason", None) or getattr(now, "fail_reason", None) or ""
                raise Broken(layer, f"{what} is {now.status} instead of {status} {reason}".rstrip())
            raise NotYet(f"it is {now.status}")

        return Deadline(within).until(layer, f"{what} {status}", look)

    def is_gone(self, thing: R, get: Callable[[str], R], within: float = 90) -> None:
        """Wait until the API knows THING no more (GET raises not found) or calls it deleted."""
        what = name_of(thing)

        def look() -> None:
            try:
                now: Any = get(thing.id)
            except NotFoundException:
                return
            state = getattr(now, "status", "still there")
            if state == "DELETE_COMPLETE":
                return
            # A server that was in error before goes nevertheless.
            if has_failed(state) and getattr(now, "task_state", None) != "deleting":
                raise Broken(Layer.SERVICE, f"{what} is {state} instead of gone")
            raise NotYet(f"it is {state}")

        Deadline(within).until(Layer.SERVICE, f"{what} gone", look)


def name_of(thing: Resource) -> str:
    """What a person calls THING: its kind and name, or its id when it has no name."""
    return f"{type(thing).__name__} {thing.name or thing.id}"


def has_failed(status: str) -> bool:
    """Whether an API calls a thing of this STATUS failed for good."""
    return status.upper().startswith(("ERROR", "KILLED")) or status.upper().endswith("FAILED")

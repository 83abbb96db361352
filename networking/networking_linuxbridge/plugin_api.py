"""What the agent asks and tells the server: of many devices at a time.

Neutron's agents ask and tell of one after the other. For the server that is several times the work, and after
the start of a host with many ports the last of them waits for what is told of all others.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from neutron.agent import rpc
from neutron.api.rpc.handlers import resources_rpc
from neutron_lib import constants
from neutron_lib import context as contexts
from oslo_config import cfg
from oslo_log import log

LOG = log.getLogger(__name__)

Details = dict[str, Any]


class PluginApi(rpc.PluginApi):
    """Neutron's, with calls for many devices."""

    def __init__(self, topic: str) -> None:
        super().__init__(topic)
        self._kept: dict[str, bool] | None = None
        self._failed: set[str] = set()

    def take_failed(self) -> set[str]:
        """Return the devices that the server could not look at, or note, since this was last asked."""
        failed, self._failed = self._failed, set()
        return failed

    def details(self, context: Any, devices: Iterable[str], agent_id: str, host: str) -> Iterator[Details]:
        """Yield the details of devices, those apart that the server could not look at."""
        of_ports = {device.removeprefix(constants.TAP_DEVICE_PREFIX): device for device in devices}
        for ports in batches(of_ports):
            answer = self.get_devices_details_list_and_failed_devices(context, ports, agent_id, host)
            for details in answer["devices"]:
                yield {**details, "device": of_ports[details["device"]]}
            self._note_failed("look at", [of_ports[port] for port in answer["failed_devices"]])

    @contextmanager
    def reported_together(self, context: Any, agent_id: str, host: str) -> Iterator[None]:
        """Keep which devices are up and down, and report it at the end, also after an error."""
        self._kept = {}
        try:
            yield
        finally:
            kept, self._kept = self._kept, None
            up = [device for device, is_up in kept.items() if is_up]
            down = [device for device, is_up in kept.items() if not is_up]
            answer = self.update_device_list(context, up, down, agent_id, host)
            self._note_failed("note", answer["failed_devices_up"] + answer["failed_devices_down"])

    def update_device_up(self, context: Any, device: str, agent_id: str, host: str | None = None) -> Any:
        """Report that a device is wired, or keep it."""
        if self._kept is None:
            return super().update_device_up(context, device, agent_id, host)
        self._kept[device] = True
        return None

    def update_device_down(self, context: Any, device: str, agent_id: str, host: str | None = None) -> Any:
        """Report that a device is not wired, or keep it."""
        if self._kept is None:
            return super().update_device_down(context, device, agent_id, host)
        self._kept[device] = False
        return None

    def _note_failed(self, what: str, devices: list[str]) -> None:
        if devices:
            LOG.error("The server could not %s %s", what, sorted(devices))
            self._failed.update(devices)


def pull(kind: str, filters: dict[str, Any]) -> list[Any]:
    """Return the server's objects of a kind, those with these values."""
    admin = contexts.get_admin_context_without_session()
    pulled: list[Any] = resources_rpc.ResourcesPullRpcApi().bulk_pull(admin, kind, filter_kwargs=filters)
    return pulled


def batches(ports: Iterable[str]) -> Iterator[list[str]]:
    """Yield parts of such a size that the server answers each in time."""
    rest = iter(ports)
    while batch := list(islice(rest, cfg.CONF.rpc_resources_processing_step)):
        yield batch

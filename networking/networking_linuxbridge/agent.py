"""The agent: neutron's common agent loop, awake when something happens, on Linux bridges.

One turn of the loop, as neutron's names for it have it:

    scan_devices                    which devices came, went, or were announced to have changed ports
    process_network_devices
        setup_port_filters          security groups: neutron's iptables firewall
        treat_devices_added_updated asks the server for details, and for each device:
            setup_arp_spoofing_protection   what it may send: `protection`
            plug_interface          into the bridge of its network: `manager`, `networks`
            ext_manager.handle_port QoS
                                    then the forwarding tables of new networks, then the report of all
        treat_devices_removed
    _maintain                       what is not about a single device; every five minutes `_check`
"""

import ctypes
import itertools
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import oslo_messaging
from neutron.agent.l2 import l2_agent_extensions_manager
from neutron.api.rpc.callbacks import events, resources
from neutron.api.rpc.callbacks.consumer import registry
from neutron.api.rpc.handlers import resources_rpc
from neutron.common import config as common_config
from neutron.conf import service as service_config
from neutron.plugins.ml2.drivers.agent import _common_agent
from neutron_lib import constants
from neutron_lib.agent import topics
from oslo_config import cfg
from oslo_log import log
from oslo_service import service

from networking_linuxbridge import (
    config,
    connections,
    firewall,
    leftovers,
    nft,
    start_checks,
    watch,
    workers,
)
from networking_linuxbridge.applied import Applied, is_nobodys
from networking_linuxbridge.forwarding import Forwarding
from networking_linuxbridge.manager import LinuxBridgeManager
from networking_linuxbridge.plugin_api import Details, PluginApi, batches, pull

LOG = log.getLogger(__name__)

# What the server announced while the agent could not hear it is asked for, in any case this often ...
_SECONDS_BETWEEN_CHECKS = 300.0
# ... and this long after the connection to the message broker broke: by then it stands again.
_SECONDS_TO_RECONNECT = 5.0
# The server takes a port for ready once both this agent and the DHCP agent said so. If they say so in the
# same moment, each of its two transactions still sees the other's part as missing, and the port never gets
# ready. Saying it again when that moment is over, on a slow server too, settles it.
_SECONDS_TO_CONFIRM = (0.5, 5.0)
_SECONDS_BETWEEN_ATTEMPTS = 30.0  # to wire what could not be wired
_SECONDS_AFTER_FAILURE = 2.0
_SECONDS_TO_RETRY = 10.0  # what is about no single device
_SHORTEST_REST = 0.1
_QOS = "qos"  # neutron's extension for policies


class LinuxBridgeAgent(_common_agent.CommonAgentLoop):
    """Wires ports as they appear, and what the server says of them as it changes."""

    def __init__(self, manager: LinuxBridgeManager) -> None:
        super().__init__(
            manager,
            cfg.CONF.AGENT.polling_interval,
            cfg.CONF.AGENT.quitting_rpc_timeout,
            constants.AGENT_TYPE_LINUXBRIDGE,
            constants.AGENT_PROCESS_LINUXBRIDGE,
        )
        self.awake = threading.Event()
        self.fullsync = False
        self._applied = Applied()
        self._has_leftovers = True
        self._check_at = 0.0
        self._ordering = threading.Lock()  # who orders a check is another thread than who makes it
        self._attempt_at = 0.0
        self._has_failed = False  # to do something that is about no single device
        self._confirmations: list[tuple[float, str]] = []  # when to report which device again

    def start(self) -> None:
        """Work until the process ends."""
        watch.links(self.awake.set)
        watch.broker(self._check_soon)
        if start_checks.filters(cfg.CONF):
            leftovers.remove_sets()
        super().start()

    def stop(self, graceful: bool = True) -> None:  # noqa: ARG002
        """Leave everything as it is: traffic flows on, and the next agent to start takes over."""
        LOG.info("Stopping; the bridges stay as they are")

    def setup_rpc(self) -> None:
        """Connect to the message broker."""
        super().setup_rpc()
        self.plugin_rpc = PluginApi(topics.PLUGIN)
        # Security groups are announced by a message of their own, their address groups as objects.
        registry.register(self.rpc_callbacks.address_groups_updated, resources.ADDRESSGROUP)
        topic = resources_rpc.resource_type_versioned_topic(resources.ADDRESSGROUP)
        self.connection.create_consumer(topic, [resources_rpc.ResourcesPushRpcCallback()], fanout=True)

    def treat_devices_added_updated(self, devices: set[str]) -> bool:
        """Wire all devices, then report them: no port's traffic waits for the report of another.

        Those that the server could not look at, or note, are tried again as what could not be wired is. To
        ask for the others, too, would make the server take all their ports for ones that are being built.
        """
        me = self.context, self.agent_id, self.mgr.forwarding.host
        with self.plugin_rpc.reported_together(*me):
            for details in self.plugin_rpc.details(self.context, devices, *me[1:]):
                self._wire(details)
            self._attempt(self.mgr.forwarding.settle_doubts)
        self.mgr.unwired |= self.plugin_rpc.take_failed()
        return False

    def _wire(self, details: Details) -> None:
        """Wire a device. One that cannot be is reported as down and tried again; the others go on.

        A server that does not answer is no fault of the device: all is done again then.
        """
        device = details["device"]
        try:
            self._process_despite_a_flush(details)
            if is_nobodys(details):
                self.mgr.close(device)
        except Exception as error:
            if _is_silence(error):
                raise
            LOG.exception("Could not wire %s", device)
            self.mgr.give_up(device)
            self._applied.forget({device})
            self.plugin_rpc.update_device_down(self.context, device, self.agent_id, self.mgr.forwarding.host)
        else:
            self._applied.note(device, details)

    def _process_despite_a_flush(self, details: Details) -> None:
        """Wire a device also where nftables' ruleset was flushed, and with it the tables of its rules."""
        try:
            self._process_device_if_exists(details)
        except nft.RefusedError:
            if unguarded := self.mgr.close_by_default():
                self._look_again_at(unguarded)
                self._order_check(after=0.0)  # iptables' rules are gone as well
            self._process_device_if_exists(details)

    def daemon_loop(self) -> None:
        """Look at all devices after every event, when something is due, and every polling interval."""
        devices: dict[str, Any] | None = None
        resync = True
        while True:
            self.awake.clear()
            resync, self.fullsync = resync or self.fullsync, False
            devices, resync = self._turn(devices, resync=resync)
            self.iter_num += 1
            if resync:
                # Something failed; an event would not mend it.
                time.sleep(_SECONDS_AFTER_FAILURE)
            else:
                self.awake.wait(self._seconds_to_rest())

    def _turn(self, before: dict[str, Any] | None, *, resync: bool) -> tuple[dict[str, Any] | None, bool]:
        """Do what there is to do. Returns the devices, and True if all of them have to be looked at again."""
        if resync:
            self._order_check(after=0.0)
        devices = before
        try:
            devices = self.scan_devices(previous=before, sync=resync)
            failed = self._process(devices)
        except Exception:
            LOG.exception("Could not wire all of %s", devices)
            failed = True
        self._maintain(all_wired=not failed)
        return devices, failed

    def scan_devices(self, previous: dict[str, Any] | None, sync: bool) -> dict[str, Any]:
        """Return what changed. Of a device that was replaced, extensions hear that it went, too.

        One that is back has not gone, even if its going could not be reported to the server.
        """
        devices: dict[str, Any] = super().scan_devices(previous, sync)
        devices["removed"] = devices["removed"] - devices["current"]
        before = previous["timestamps"] if previous else {}
        for device in self._get_devices_locally_modified(devices["timestamps"], before):
            try:
                self.ext_manager.delete_port(
                    self.context, {"device": device, "port_id": self._port_of(device)}
                )
            except Exception:
                LOG.exception("Could not undo what extensions did to %s before it was replaced", device)
        self._applied.forget(devices["removed"])
        return devices

    def _port_of(self, device: str) -> str | None:
        ports = itertools.chain.from_iterable(self.network_ports.values())
        return next((port["port_id"] for port in ports if port["device"] == device), None)

    def _process(self, devices: dict[str, Any]) -> bool:
        """Wire what changed. Returns True if that failed in parts and all has to be looked at again."""
        if not self._device_info_has_changes(devices) and not self.sg_agent.firewall_refresh_needed():
            return False
        failed: bool = self.process_network_devices(devices)
        plugged = (devices["added"] | devices["updated"]) & self.mgr.up
        now = time.monotonic()
        self._confirmations += [(now + later, device) for later in _SECONDS_TO_CONFIRM for device in plugged]
        return failed

    def _maintain(self, *, all_wired: bool) -> None:
        """Do what is not about a single device. What fails is tried again next time."""
        jobs = [self.mgr.tidy, self._confirm, self._try_again, self._check, self.mgr.forwarding.settle_doubts]
        if all_wired and self._has_leftovers:
            jobs.insert(0, self._remove_leftovers)
        done = [self._attempt(job) for job in jobs]
        self._has_failed = not all(done) or self.mgr.forwarding.in_doubt

    @staticmethod
    def _attempt(job: Callable[[], object]) -> bool:
        try:
            job()
        except Exception:
            LOG.exception("Could not %s", job.__name__.strip("_").replace("_", " "))
            return False
        return True

    def _remove_leftovers(self) -> None:
        leftovers.remove_rules(self.sg_agent.firewall)
        self._has_leftovers = False

    def _try_again(self) -> None:
        if time.monotonic() >= self._attempt_at:
            self._look_again_at(self.mgr.unwired)
            self._attempt_at = time.monotonic() + _SECONDS_BETWEEN_ATTEMPTS

    def _confirm(self) -> None:
        now = time.monotonic()
        due = {device for at, device in self._confirmations if at <= now} & self.mgr.up
        unsettled = self._unsettled(due)
        if unsettled:
            host = self.mgr.forwarding.host
            self.plugin_rpc.update_device_list(self.context, unsettled, [], self.agent_id, host)
        self._confirmations = [(at, device) for at, device in self._confirmations if at > now]

    def _unsettled(self, devices: set[str]) -> set[str]:
        """Those whose ports the server does not take for ready."""
        wired = itertools.chain.from_iterable(self.network_ports.values())
        device_of = {port["port_id"]: port["device"] for port in wired if port["device"] in devices}
        ports = (port for ids in batches(device_of) for port in pull(resources.PORT, {"id": ids}))
        return {device_of[port.id] for port in ports if port.status != constants.PORT_STATUS_ACTIVE}

    def _seconds_to_rest(self) -> float:
        now = time.monotonic()
        due = [self._check_at - now, *(at - now for at, _ in self._confirmations)]
        if self.mgr.unwired:
            due.append(self._attempt_at - now)
        if self._has_failed:  # what is overdue is what failed: not at once again
            due = [_SECONDS_TO_RETRY, *(seconds for seconds in due if seconds > 0)]
        return max(_SHORTEST_REST, min(float(self.polling_interval), *due))

    def _check(self) -> None:
        """Mend what somebody may have flushed; ask the server for what it may have announced unheard.

        At the start all rules have just been made. What breaks off meanwhile asks for another check.
        """
        due = self._check_at
        if time.monotonic() < due:
            return
        self._look_again_at(self.mgr.close_by_default())
        if self.iter_num > 0:
            self._look_again_at(self._applied.outdated(self.mgr.get_all_devices()))
            if self.sg_agent.firewall.ports:
                connections.expect_any_change(self.sg_agent.firewall)
                self.sg_agent.refresh_firewall()
            else:
                firewall.put_in_force(self.sg_agent.firewall)
        for network_id, segment in self.rpc_callbacks.network_map.items():
            if segment.network_type == constants.TYPE_VXLAN:
                self.mgr.forwarding.doubt(segment.segmentation_id, network_id)
        if _QOS in self.ext_manager.names():
            self._check_policies(self.ext_manager[_QOS].obj)
        give_memory_back()
        with self._ordering:
            if self._check_at == due:
                self._check_at = time.monotonic() + _SECONDS_BETWEEN_CHECKS

    def _look_again_at(self, devices: set[str]) -> None:
        if devices:
            self.rpc_callbacks.updated_devices.update(devices)
            self.awake.set()

    def _check_policies(self, qos: Any) -> None:
        qos.qos_driver.restore_marks()
        known = list(qos.policy_map.known_policies)
        if known:
            policies = qos.resource_rpc.bulk_pull(self.context, resources.QOS_POLICY, {"id": known})
            qos._handle_notification(self.context, resources.QOS_POLICY, policies, events.UPDATED)

    def _check_soon(self) -> None:
        self._order_check(after=_SECONDS_TO_RECONNECT)

    def _order_check(self, after: float) -> None:
        due = time.monotonic() + after
        with self._ordering:
            is_sooner, self._check_at = due < self._check_at, due
        if is_sooner:
            self.awake.set()

    def _report_state(self) -> None:
        super()._report_state()
        if self.failed_report_state:
            self._check_soon()
        if self.fullsync:
            self.awake.set()


def _is_silence(error: Exception) -> bool:
    """Tell whether the server did not answer; an error of its own is an answer."""
    silence = isinstance(error, oslo_messaging.MessagingException)
    return silence and not isinstance(error, oslo_messaging.RemoteError)


def give_memory_back() -> None:
    """Return to the kernel what the work of a start, or of a check, took; glibc keeps most of it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)


def main() -> None:
    """Read the configuration and run the agent."""
    common_config.register_common_config_options()
    service_config.register_service_opts(service_config.RPC_EXTRA_OPTS)
    l2_agent_extensions_manager.register_opts(cfg.CONF)
    config.register()
    common_config.init(sys.argv[1:])
    common_config.setup_logging()
    common_config.setup_gmr()
    networks = start_checks.networks(cfg.CONF)
    start_checks.check_filtering(cfg.CONF)
    firewall.use(cfg.CONF)
    workers.limit(cfg.CONF)
    manager = LinuxBridgeManager(networks, Forwarding(cfg.CONF.host, networks.local_ip))
    start_checks.close_by_default(manager)
    service.launch(cfg.CONF, LinuxBridgeAgent(manager)).wait()

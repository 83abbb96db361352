"""The agent: neutron's common agent loop, awake when something happens, on Linux bridges."""

import sys
import threading
import time
from typing import Any

from neutron.common import config as common_config
from neutron.plugins.ml2.drivers.agent import _common_agent
from neutron_lib import constants
from oslo_config import cfg
from oslo_log import log
from oslo_service import service

from networking_linuxbridge import config, host, watch
from networking_linuxbridge.forwarding import Forwarding
from networking_linuxbridge.manager import LinuxBridgeManager

LOG = log.getLogger(__name__)

# Announcements that got lost without a trace (a broker that restarted quickly) are made up for this often.
_SECONDS_BETWEEN_DOUBTS = 300


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
        self._doubted_at = time.monotonic()

    def start(self) -> None:
        """Work until the process ends."""
        watch.links(self.awake.set)
        super().start()

    def stop(self, graceful: bool = True) -> None:  # noqa: ARG002
        """Leave everything as it is: traffic flows on, and the next agent to start takes over."""
        LOG.info("Stopping; the bridges stay as they are")

    def daemon_loop(self) -> None:
        """Look at all devices after every event, and every polling interval in any case."""
        devices: dict[str, Any] | None = None
        resync = True
        while True:
            self.awake.clear()
            resync, self.fullsync = resync or self.fullsync, False
            if resync:
                self._doubt_all_forwarding()
            devices = self.scan_devices(previous=devices, sync=resync)
            resync = self._process(devices)
            self.iter_num += 1
            if resync:
                # Something failed; an event would not mend it.
                time.sleep(self.polling_interval)
            else:
                self.awake.wait(self.polling_interval)

    def _process(self, devices: dict[str, Any]) -> bool:
        """Do what there is to do. Returns True if some of it failed and all has to be looked at again."""
        try:
            failed = False
            if self._device_info_has_changes(devices) or self.sg_agent.firewall_refresh_needed():
                failed = self.process_network_devices(devices)
            self.mgr.tidy()
            if time.monotonic() - self._doubted_at > _SECONDS_BETWEEN_DOUBTS:
                self._doubt_all_forwarding()
            self.mgr.forwarding.settle_doubts()
        except Exception:
            LOG.exception("Could not do all there was to do for %s", devices)
            return True
        return failed

    def _doubt_all_forwarding(self) -> None:
        self._doubted_at = time.monotonic()
        for network_id, segment in self.rpc_callbacks.network_map.items():
            if segment.network_type == constants.TYPE_VXLAN:
                self.mgr.forwarding.doubt(segment.segmentation_id, network_id)

    def _report_state(self) -> None:
        was_lost = self.failed_report_state
        super()._report_state()
        if was_lost and not self.failed_report_state:
            # Announcements may have been missed meanwhile.
            self.fullsync = True
        if self.fullsync:
            self.awake.set()


def main() -> None:
    """Read the configuration and run the agent."""
    common_config.register_common_config_options()
    config.register()
    common_config.init(sys.argv[1:])
    common_config.setup_logging()
    common_config.setup_gmr()
    networks = host.networks(cfg.CONF)
    host.check_filtering(cfg.CONF)
    manager = LinuxBridgeManager(networks, Forwarding(cfg.CONF.host, networks.local_ip))
    service.launch(cfg.CONF, LinuxBridgeAgent(manager), restart_method="mutate").wait()

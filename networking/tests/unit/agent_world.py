"""What surrounds the agent, played by fakes."""

import threading
from contextlib import nullcontext
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from neutron.plugins.ml2.drivers.agent import _common_agent

from networking_linuxbridge import agent as module
from networking_linuxbridge import nft
from networking_linuxbridge.agent import LinuxBridgeAgent
from networking_linuxbridge.applied import Applied

TAP = "tap11111111-22"
CHANGES = {"added": {TAP}, "updated": set(), "removed": set(), "current": {TAP}}


class Server:
    """Counts what the agent tells the server."""

    def __init__(self):
        self.confirmed, self.failed = [], set()

    def take_failed(self):
        return self.failed

    def update_device_list(self, _context, devices_up, *_):
        self.confirmed.append(set(devices_up))


class Extensions(dict):
    """Plays the extensions of the agent, by name."""

    def __init__(self):
        self.deleted = []

    def names(self):
        return list(self)

    def delete_port(self, _context, port):
        self.deleted.append(port)


class Qos:
    """Plays neutron's QoS extension, which knows one policy."""

    def __init__(self):
        self.obj = self
        self.qos_driver = SimpleNamespace(restore_marks=lambda: self.heard.append("marks"))
        self.policy_map = SimpleNamespace(known_policies={"p1": "as it was"})
        self.resource_rpc = SimpleNamespace(bulk_pull=lambda *_: ["as it is now"])
        self.heard = []

    def _handle_notification(self, _context, _resource, policies, event):
        self.heard.append((event, policies))


class Flushed:
    """Plays a host whose nftables' ruleset was flushed, and the agent's work on a device there."""

    def __init__(self, unguarded, *, mends=True):
        self.unguarded, self.mends, self.stands = unguarded, mends, False
        self.wired, self.down = [], []

    def close_by_default(self):
        self.stands = self.mends
        return self.unguarded

    def process(self, details):
        if not self.stands:
            raise nft.RefusedError("nft: No such file or directory")
        self.wired.append(details["device"])

    def play_for(self, agent):
        agent.plugin_rpc.update_device_down = lambda _context, device, *_: self.down.append(device)
        agent.mgr.close_by_default = self.close_by_default
        agent._process_device_if_exists = self.process
        agent._wire({"device": TAP})


@pytest.fixture
def agent(monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(module.time, "monotonic", lambda: clock.now)
    bare = LinuxBridgeAgent.__new__(LinuxBridgeAgent)
    bare.clock = clock
    bare.awake = threading.Event()
    bare.fullsync = bare.failed_report_state = False
    bare._has_leftovers = False
    bare._check_at, bare._attempt_at, bare._confirmations, bare.polling_interval = 0.0, 0.0, [], 2
    bare._ordering, bare._has_failed = threading.Lock(), False
    bare.context, bare.agent_id, bare.iter_num = None, "agent", 1
    bare.plugin_rpc = Server()
    bare.doubts, bare.refreshed, bare.unguarded, bare.closed = [], [], set(), []
    bare.applied = Mock()
    bare.mgr = SimpleNamespace(
        up={TAP},
        unwired=set(),
        close_by_default=lambda: bare.unguarded,
        tidy=lambda: None,
        give_up=lambda device: bare.mgr.unwired.update({device}),
        close=bare.closed.append,
        get_all_devices=lambda: {TAP},
        forwarding=SimpleNamespace(
            host="host1", doubt=lambda *d: bare.doubts.append(d), settle_doubts=lambda: None, in_doubt=False
        ),
    )
    bare.sg_agent = SimpleNamespace(
        firewall_refresh_needed=lambda: False,
        firewall=SimpleNamespace(ports={TAP: {}}, defer_apply=lambda: nullcontext(bare.applied())),
        refresh_firewall=lambda: bare.refreshed.append(clock.now),
    )
    networks = {
        "n1": SimpleNamespace(network_type="vxlan", segmentation_id=7),
        "n2": SimpleNamespace(network_type="flat", segmentation_id=None),
    }
    bare.rpc_callbacks = SimpleNamespace(network_map=networks, updated_devices=set())
    bare.ext_manager = Extensions()
    bare._applied = Applied()
    bare._applied.outdated = lambda devices: bare.outdated & devices
    bare.outdated = set()
    bare.network_ports = {"n1": [{"device": TAP, "port_id": "port"}]}
    bare.port = SimpleNamespace(id="port", status="BUILD")
    monkeypatch.setattr(
        module, "pull", lambda _kind, filters: [bare.port] if filters == {"id": ["port"]} else []
    )
    monkeypatch.setattr(module, "batches", lambda ports: [list(ports)])
    monkeypatch.setattr(_common_agent.CommonAgentLoop, "process_network_devices", lambda *_: False)
    return bare

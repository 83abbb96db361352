"""One host: the code of the agent, told over stdin what the server would tell it.

Runs inside a network namespace. Every line of JSON on stdin is [function, arguments]; every line on stdout is
the answer.
"""

import json
import os
import statistics
import sys
import threading
import time
import traceback
from types import SimpleNamespace

sys.argv[0] = "neutron-agents"  # as DietStack's family of agents; neutron names its chains after it

import networking_linuxbridge.cmd  # noqa: F401
from networking_linuxbridge import connections, fdb, in_process, links, protection, watch
from networking_linuxbridge.explain import host
from networking_linuxbridge.explain.question import Question
from networking_linuxbridge.firewall import Firewall
from networking_linuxbridge.forwarding import Forwarding
from networking_linuxbridge.interface_driver import BridgeInterfaceDriver
from networking_linuxbridge.manager import LinuxBridgeManager
from networking_linuxbridge.networks import Networks
from networking_linuxbridge.qos.driver import LinuxBridgeQosDriver
from neutron.agent import securitygroups_rpc  # noqa: F401
from neutron.common import config as common_config
from neutron.objects.qos import policy as qos_policy
from neutron.objects.qos import rule as qos_rule
from oslo_config import cfg

POLICY = "6d0a0d61-7d21-4a39-9e6c-5d4a2c1f3c11"
_RULES = {
    "bandwidth_limit": qos_rule.QosBandwidthLimitRule,
    "dscp_marking": qos_rule.QosDscpMarkingRule,
}


class Node:
    """What the tests may ask of a host."""

    def __init__(self, host: str, local_ip: str, bridges: dict[str, str], interfaces: dict[str, str]) -> None:
        common_config.register_common_config_options()
        cfg.CONF(["--config-file", "/dev/null"], project="neutron")
        cfg.CONF.set_override("lock_path", f"/run/{host}", group="oslo_concurrency")
        in_process.do_privileged_work_here()
        self.manager = LinuxBridgeManager(
            Networks(local_ip, 4789, bridges, interfaces), Forwarding(host, local_ip)
        )
        self.driver = BridgeInterfaceDriver(cfg.CONF)
        self.qos = LinuxBridgeQosDriver()
        self.qos.initialize()
        self.firewall = Firewall()
        self.manager.close_by_default()
        self.manager.delete_unreferenced_arp_protection(self.manager.get_all_devices())
        self.noticed = threading.Event()
        watch.links(self.noticed.set)

    def plug(self, network: str, device: str, **segment: object) -> bool:
        """Wire a port, as the agent's loop does once the port's rules stand."""
        known = {"physical_network": None, "segmentation_id": None, "mtu": 1450, **segment}
        plugged = self.manager.plug_interface(network, SimpleNamespace(**known), device, "compute:test")
        if plugged:
            self.manager.ensure_port_admin_state(device, True)
        return plugged

    def close(self, device: str) -> None:
        """Close a device whose port was deleted."""
        self.manager.close(device)

    def tidy(self) -> None:
        """Remove what is not used."""
        self.manager.delete_unreferenced_arp_protection(self.manager.get_all_devices())
        self.manager.tidy()

    def misplaced(self) -> list[str]:
        """Return the devices that are not where they were put."""
        return sorted(self.manager.misplaced())

    def add(self, vni: int, network: str, ports: dict[str, list[list[str]]]) -> None:
        """Announce ports of other hosts."""
        self.manager.forwarding.add(vni, network, ports)

    def remove(self, vni: int, network: str, ports: dict[str, list[list[str]]]) -> None:
        """Announce that ports of other hosts are gone."""
        self.manager.forwarding.remove(vni, network, ports)

    def entries(self, device: str) -> list[fdb.Entry]:
        """Return the forwarding table of a VXLAN device."""
        return sorted(fdb.read(device))

    def replace(self, device: str, entries: list[list[str]]) -> None:
        """Make the forwarding table of a VXLAN device what it shall be."""
        fdb.replace(device, {fdb.Entry(*entry) for entry in entries})

    def protect(
        self,
        port: dict[str, object],
        rules: list[dict[str, object]],
        members: dict[str, list[str]] | None = None,
    ) -> None:
        """Put the rules of a port's security groups in force, and let it send from its own addresses.

        MEMBERS: the IPv4 addresses in each address group that the rules refer to.
        """
        connections.expect_other_addresses(self.firewall, members or {})
        with self.firewall.defer_apply():
            for group, addresses in (members or {}).items():
                pairs = {"IPv4": [(address, None) for address in addresses]}
                self.firewall.update_security_group_members(group, pairs)
            for group in port["security_groups"]:
                self.firewall.update_security_group_rules(group, rules)
            known = port["device"] in self.firewall.ports
            (self.firewall.update_port_filter if known else self.firewall.prepare_port_filter)(port)
        details = {**port, "fixed_ips": [{"ip_address": ip} for ip in port["fixed_ips"]]}
        self.manager.setup_arp_spoofing_protection(port["device"], details)

    def catch_up(self, port: dict[str, object], rules: list[dict[str, object]]) -> None:
        """Put the rules in force that a check finds changed unheard."""
        connections.expect_any_change(self.firewall)
        self.protect(port, rules)

    def restore_marks(self) -> None:
        """Put the DSCP marks in force again that somebody removed."""
        self.qos.restore_marks()

    def close_by_default(self) -> list[str]:
        """Have the rules that close devices by default; return the plugged devices without rules."""
        return sorted(self.manager.close_by_default())

    def milliseconds_to_protect(self, ports: list[int]) -> list[float]:
        """Return how long a port's rules take to be changed beside those of so many others, the median of nine."""
        details = {
            "mac_address": "fa:16:3e:00:00:01",
            "fixed_ips": [{"ip_address": "192.168.35.1"}, {"ip_address": "fd00:35::1"}],
            "allowed_address_pairs": [],
            "device_owner": "compute:test",
            "port_security_enabled": True,
        }
        medians = []
        devices: set[str] = set()
        for count in ports:
            for number in range(len(devices), count):
                devices.add(f"tap{number:08x}-ff")
                protection.protect(f"tap{number:08x}-ff", details)
            medians.append(1000 * statistics.median(self._seconds_to_protect(details) for _ in range(9)))
        protection.remove(devices)
        return medians

    @staticmethod
    def _seconds_to_protect(details: dict[str, object]) -> float:
        began = time.monotonic()
        protection.protect("tap00000000-ff", details)
        return time.monotonic() - began

    def trust(self, device: str) -> None:
        """Let a router's or DHCP server's port do its work."""
        with self.firewall.defer_apply():
            self.firewall.process_trusted_ports([device])
        port = {"device_owner": "network:router_gateway", "port_security_enabled": True}
        self.manager.setup_arp_spoofing_protection(device, port)

    def plug_service(self, **port: object) -> None:
        """Make the devices of a router's or DHCP server's port."""
        self.driver.plug(**port)

    def unplug_service(self, **port: object) -> None:
        """Remove the devices of a router's or DHCP server's port."""
        self.driver.unplug(**port)

    def facts(self, question: dict[str, object]) -> host.Facts:
        """Return what `dietstack-net explain` is told by this host."""
        return host.facts(Question(**question))

    def apply_policy(self, port: dict[str, object], rules: dict[str, list[dict[str, object]]]) -> None:
        """Put a QoS policy in force instead of the one before, as neutron's QoS extension does."""
        self.qos.delete(port)
        made = [_RULES[kind](qos_policy_id=POLICY, **rule) for kind in rules for rule in rules[kind]]
        if made:
            self.qos.create(port, qos_policy.QosPolicy(id=POLICY, rules=made))

    def seconds_to_notice(self, device: str) -> float:
        """Return how long the agent takes to notice that a device came."""
        self.noticed.clear()
        began = time.monotonic()
        links.add_bridge(device, 1500)
        if not self.noticed.wait(10):
            raise TimeoutError(f"{device} was not noticed")
        return time.monotonic() - began


def main() -> None:
    """Answer until stdin ends."""
    node = Node(**json.loads(sys.argv[1]))
    say("ready")
    for line in sys.stdin:
        function, arguments = json.loads(line)
        try:
            say(getattr(node, function)(**arguments))
        except Exception:  # noqa: BLE001  whatever it is, the test wants to know
            say({"failed": traceback.format_exc()})
    # Neutron's firewall started a thread that would keep the process.
    os._exit(0)


def say(answer: object) -> None:
    """Answer with one line."""
    print(json.dumps(answer), flush=True)  # noqa: T201


main()

import pytest
from neutron.privileged.agent.linux.ip_lib import InterfaceAlreadyExists, NetworkInterfaceNotFound
from oslo_config import cfg

from networking_linuxbridge import interface_driver as module
from networking_linuxbridge.interface_driver import BridgeInterfaceDriver

PORT = "11111111-2222-cccc-dddd-eeeeeeeeeeee"


class Kernel:
    """Plays ip_lib and its privileged part: notes what is done to which device."""

    InterfaceAlreadyExists = InterfaceAlreadyExists
    NetworkInterfaceNotFound = NetworkInterfaceNotFound

    def __init__(self, *taps):
        self.taps = list(taps)
        self.done = []

    def create_interface(self, name, namespace, kind, **options):
        if name in self.taps:
            raise InterfaceAlreadyExists(device=name)
        self.taps.append(name)
        self.done.append(("create", name, namespace, kind, options))

    def IPWrapper(self):  # noqa: N802
        return self

    def ensure_namespace(self, name):
        self.done.append(("namespace", name))

    def IPDevice(self, name, namespace=None):  # noqa: N802
        return Device(self, name, namespace)


class Device:
    def __init__(self, kernel, name, namespace):
        self.kernel, self.name, self.namespace = kernel, name, namespace
        self.link = self

    def delete(self):
        if self.name not in self.kernel.taps:
            raise NetworkInterfaceNotFound(device=self.name, namespace=self.namespace)
        self.kernel.taps.remove(self.name)
        self.kernel.done.append(("delete", self.name))

    def disable_ipv6(self):
        self.kernel.done.append(("disable_ipv6", self.name))

    def set_up(self):
        self.kernel.done.append(("up", self.name, self.namespace))

    def set_mtu(self, mtu):
        self.kernel.done.append(("mtu", self.name, self.namespace, mtu))


@pytest.fixture
def kernel(monkeypatch):
    fake = Kernel()
    monkeypatch.setattr(module, "kernel", fake)
    monkeypatch.setattr(module, "ip_lib", fake)
    return fake


@pytest.fixture
def driver():
    return BridgeInterfaceDriver(cfg.CONF)


def test_a_pair_of_devices_is_made_at_one_blow(driver, kernel):
    driver.plug_new(
        "network", PORT, "qr-11111111-22", "fa:16:3e:00:00:01", namespace="qrouter", prefix="qr-", mtu=1450
    )
    peer = {"ifname": "qr-11111111-22", "address": "fa:16:3e:00:00:01", "net_ns_fd": "qrouter", "mtu": 1450}
    assert kernel.done == [
        ("namespace", "qrouter"),
        ("create", "tap11111111-22", None, "veth", {"peer": peer, "mtu": 1450}),
        ("disable_ipv6", "tap11111111-22"),
        ("up", "tap11111111-22", None),
        ("up", "qr-11111111-22", "qrouter"),
    ]


def test_what_a_lost_namespace_left_is_replaced(driver, kernel):
    kernel.taps.append("tap11111111-22")
    driver.plug_new("network", PORT, "ns-11111111-22", "fa:16:3e:00:00:01", namespace="qdhcp")
    assert [step[0] for step in kernel.done[:3]] == ["namespace", "delete", "create"]


def test_both_devices_go_at_once(driver, kernel):
    kernel.taps.append("tap11111111-22")
    driver.unplug("ns-11111111-22", namespace="qdhcp")
    driver.unplug("ns-11111111-22", namespace="qdhcp")
    assert kernel.done == [("delete", "tap11111111-22")]


def test_the_mtu_is_that_of_both(driver, kernel):
    driver.set_mtu("qg-11111111-22", 1400, namespace="qrouter", prefix="qg-")
    assert kernel.done == [("mtu", "tap11111111-22", None, 1400), ("mtu", "qg-11111111-22", "qrouter", 1400)]


def test_dhcp_servers_devices_are_named_as_always(driver):
    assert driver.get_device_name(type("Port", (), {"id": PORT})) == "ns-11111111-22"

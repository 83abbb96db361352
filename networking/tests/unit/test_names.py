import pytest

from networking_linuxbridge import names

ID = "d70a605f-82ff-4962-8a51-98abd4946767"


def test_devices_are_named_as_nova_and_the_firewall_expect():
    assert names.bridge(ID) == "brqd70a605f-82"
    assert names.tap(ID) == "tapd70a605f-82"
    assert names.vxlan(1443) == "vxlan-1443"


def test_vlan_devices_fit_the_kernel_and_differ():
    assert names.vlan("eth0", 100) == "eth0.100"
    long = [names.vlan("enp129s0f0np0", vlan_id) for vlan_id in (100, 101)]
    assert len(set(long)) == 2
    assert all(len(name) <= 15 for name in long)


@pytest.mark.parametrize("other", ["tap0", "tapestry", "tapd70a605f-82x", "tapD70A605F-82", "brqd70a605f-82"])
def test_other_peoples_taps_are_left_alone(other):
    assert not names.is_tap(other)


@pytest.mark.parametrize(
    ("name", "alike"),
    [("tap0", True), ("tap-of-mine", True), ("tapd70a605f-82", False), ("eth0", False), ('tap"*', False)],
)
def test_devices_named_much_as_those_of_ports_are_known(name, alike):
    assert names.is_like_a_tap(name) is alike


def test_own_devices_are_recognised():
    assert names.is_tap(names.tap(ID))
    assert names.is_bridge(names.bridge(ID))
    assert names.is_vxlan(names.vxlan(1))
    assert not names.is_bridge("br-ex")
    assert not names.is_vxlan("vxlan-sys")

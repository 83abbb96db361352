from types import SimpleNamespace

import netaddr
import pytest
from neutron.objects import network as network_objects
from neutron.objects import ports as port_objects
from neutron.objects.port.extensions import allowedaddresspairs, port_security

from networking_linuxbridge import applied as module
from networking_linuxbridge.applied import Applied

TAP = "tap11111111-22"
PORT = "11111111-2222-4333-8444-555555555555"
NETWORK = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
POLICY = "6d0a0d61-7d21-4a39-9e6c-5d4a2c1f3c11"
DETAILS = {
    "device": TAP,
    "port_id": PORT,
    "mac_address": "fa:16:3e:00:00:01",
    "device_owner": "compute:nova",
    "admin_state_up": True,
    "port_security_enabled": True,
    "fixed_ips": [{"subnet_id": "s", "ip_address": "10.0.0.5"}, {"subnet_id": "t", "ip_address": "fd00::5"}],
    "allowed_address_pairs": [{"mac_address": "fa:16:3e:00:00:01", "ip_address": "10.0.0.9"}],
    "qos_policy_id": None,
    "qos_network_policy_id": None,
    "mtu": 1450,
}


def port(**changes):
    """Return the port as the server sends it."""
    known = {
        "id": PORT,
        "network_id": NETWORK,
        "mac_address": netaddr.EUI("fa:16:3e:00:00:01"),
        "device_owner": "compute:nova",
        "admin_state_up": True,
        "security": port_security.PortSecurity(port_security_enabled=True),
        "fixed_ips": [ip("10.0.0.5"), ip("fd00::5")],
        "allowed_address_pairs": [pair("10.0.0.9")],
        **changes,
    }
    sent = port_objects.Port(**known).obj_to_primitive()
    return port_objects.Port.clean_obj_from_primitive(sent)


def ip(address):
    return port_objects.IPAllocation(ip_address=netaddr.IPAddress(address))


def pair(address):
    return allowedaddresspairs.AllowedAddressPair(
        mac_address=netaddr.EUI("fa:16:3e:00:00:01"), ip_address=netaddr.IPNetwork(address)
    )


@pytest.fixture
def server(monkeypatch):
    fake = SimpleNamespace(ports=[port()], mtu=1450)

    def pull(kind, filters):
        if kind == "Port":
            return [one for one in fake.ports if one.id in filters["id"]]
        assert filters == {"id": [NETWORK]}
        return [network_objects.Network(id=NETWORK, mtu=fake.mtu)]

    monkeypatch.setattr(module, "pull", pull)
    monkeypatch.setattr(module, "batches", lambda ids: [list(ids)] if ids else [])
    return fake


@pytest.fixture
def applied(server):
    known = Applied()
    known.note(TAP, DETAILS)
    return known


def test_a_port_that_is_as_it_was_is_not_asked_for(applied):
    assert applied.outdated({TAP}) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"mac_address": netaddr.EUI("fa:16:3e:00:00:02")},
        {"device_owner": "network:dhcp"},
        {"admin_state_up": False},
        {"security": port_security.PortSecurity(port_security_enabled=False)},
        {"fixed_ips": [ip("10.0.0.5")]},
        {"allowed_address_pairs": []},
        {"allowed_address_pairs": [pair("10.0.0.0/24")]},
        {"qos_policy_id": POLICY},
        {"qos_network_policy_id": POLICY},
    ],
    ids=str,
)
def test_a_port_that_changed_unheard_is(applied, server, change):
    server.ports = [port(**change)]
    assert applied.outdated({TAP}) == {TAP}


def test_the_ports_of_a_network_whose_mtu_changed_unheard_are(applied, server):
    server.mtu = 1400
    assert applied.outdated({TAP}) == {TAP}


def test_a_port_may_be_without_the_extensions_that_say_more(applied, server):
    server.ports = [port(security=None, allowed_address_pairs=None)]
    applied.note(TAP, {**DETAILS, "allowed_address_pairs": []})
    assert applied.outdated({TAP}) == set()


def test_a_device_that_was_not_this_hosts_may_be_by_now(applied):
    applied.note(TAP, {"device": TAP, "no_active_binding": True})
    assert applied.outdated({TAP}) == {TAP}


def test_a_port_that_was_deleted_unheard_is_asked_for(applied, server):
    server.ports = []
    assert applied.outdated({TAP}) == {TAP}


def test_devices_that_went_are_not_asked_for(applied):
    applied.forget({TAP})
    assert applied.outdated(set()) == set()


@pytest.mark.parametrize(
    ("details", "nobodys"),
    [(DETAILS, False), ({"device": TAP, "no_active_binding": True}, False), ({"device": TAP}, True)],
    ids=["wired", "of a server that migrates", "deleted"],
)
def test_a_device_whose_port_is_not_known_here_is_nobodys(details, nobodys):
    assert module.is_nobodys(details) is nobodys

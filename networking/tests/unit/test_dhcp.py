from types import SimpleNamespace

import pytest
from neutron.agent.dhcp import agent
from neutron.agent.linux import ip_lib

from networking_linuxbridge import dhcp


class Cache(dict):
    def put(self, network):
        self[network.id] = network


@pytest.fixture
def dhcp_agent(monkeypatch):
    def not_ready(_agent, _network):
        raise ip_lib.AddressNotReady(address="fe80::a9fe:a9fe", reason="not present")

    monkeypatch.setattr(agent.DhcpAgent, "configure_dhcp_for_network", not_ready)
    made = object.__new__(dhcp.DhcpAgent)
    made.cache = Cache()
    return made


def network(*versions):
    return SimpleNamespace(id="net", subnets=[SimpleNamespace(ip_version=version) for version in versions])


def test_network_with_a_first_ipv6_subnet_meanwhile_stays_known(dhcp_agent):
    known = network(4)
    dhcp_agent.configure_dhcp_for_network(known)
    assert dhcp_agent.cache == {"net": known}


def test_missing_address_of_a_known_ipv6_subnet_is_an_error(dhcp_agent):
    with pytest.raises(ip_lib.AddressNotReady):
        dhcp_agent.configure_dhcp_for_network(network(4, 6))

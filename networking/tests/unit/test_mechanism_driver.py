import logging
from importlib.metadata import entry_points

import pytest
from neutron.services.trunk.exceptions import IncompatibleTrunkPluginConfiguration
from neutron.services.trunk.plugin import TrunkPlugin
from neutron_lib import constants
from neutron_lib.api.definitions import portbindings
from oslo_config import cfg

from networking_linuxbridge.mechanism_driver import LinuxBridgeMechanismDriver

VXLAN = {
    "id": "s1",
    "network_type": "vxlan",
    "physical_network": None,
    "segmentation_id": 7,
    "network_id": "n",
}
FLAT = {
    "id": "s2",
    "network_type": "flat",
    "physical_network": "outside",
    "segmentation_id": None,
    "network_id": "n",
}
VLAN = {
    "id": "s3",
    "network_type": "vlan",
    "physical_network": "rack",
    "segmentation_id": 9,
    "network_id": "n",
}


class Network:
    current = {"id": "network"}


class PortContext:
    """What ML2 hands to a mechanism driver to bind a port."""

    network = Network()
    host = "compute1"

    def __init__(self, agents, segments, vnic_type="normal", **extended):
        self.current = {"id": "port", "fixed_ips": [], portbindings.VNIC_TYPE: vnic_type, **extended}
        self.segments_to_bind = segments
        self.agents = agents
        self.bound = None
        self._new_bound_segment = None
        self._plugin, self.plugin_context = self, None

    def get_subnet(self, _context, subnet_id):
        return {"id": subnet_id, "segment_id": subnet_id.removeprefix("subnet-of-")}

    def host_agents(self, agent_type):
        return [agent for agent in self.agents if agent["agent_type"] == agent_type]

    def set_binding(self, segment_id, vif_type, vif_details):
        self.bound = (segment_id, vif_type, vif_details)
        self._new_bound_segment = segment_id


def agent(alive=True, tunnels=("vxlan",), **mappings):
    return {
        "agent_type": constants.AGENT_TYPE_LINUXBRIDGE,
        "host": "compute1",
        "alive": alive,
        "heartbeat_timestamp": "2026-01-01 00:00:00",
        "configurations": {
            "tunnel_types": list(tunnels),
            "bridge_mappings": mappings,
            "interface_mappings": {"rack": "eth1"},
        },
    }


def bind(context):
    LinuxBridgeMechanismDriver().bind_port(context)
    return context.bound


@pytest.mark.parametrize("segment", [VXLAN, FLAT, VLAN])
def test_nova_is_told_to_make_a_tap(segment):
    segment_id, vif_type, details = bind(PortContext([agent(outside="br-ex")], [segment]))
    assert segment_id == segment["id"]
    assert vif_type == "tap"
    assert details == {"connectivity": "l2", "port_filter": True}


def test_the_first_segment_that_the_agent_reaches_is_bound():
    assert bind(PortContext([agent(tunnels=())], [VXLAN, VLAN]))[0] == "s3"


@pytest.mark.parametrize(
    ("context", "reason"),
    [
        (PortContext([], [VXLAN]), "no Linux bridge agent ever reported"),
        (PortContext([agent(alive=False)], [VXLAN]), "is down since 2026-01-01"),
        (PortContext([agent()], [VXLAN], vnic_type="direct"), "vnic_type is direct"),
        (PortContext([agent()], [FLAT]), "its network is on outside"),
        (PortContext([agent(tunnels=())], [VXLAN]), "[vxlan] local_ip is not set"),
        (PortContext([agent()], [{**VXLAN, "network_type": "geneve"}]), "type geneve"),
        (PortContext([agent()], []), "no segment left"),
        (PortContext([agent()], [VXLAN], trunk_details={"sub_ports": []}), "no trunk ports"),
        (
            PortContext([agent()], [VXLAN, VLAN], fixed_ips=[{"subnet_id": "subnet-of-s2"}]),
            "no segment that its addresses belong to",
        ),
        (
            PortContext([agent()], [FLAT, VLAN], fixed_ips=[{"subnet_id": "subnet-of-s2"}]),
            "and the agent's mappings are {'rack': 'eth1'}; what the agent reaches is no segment that",
        ),
    ],
)
def test_the_log_and_the_binding_say_why_a_port_is_not_bound(context, reason, caplog):
    with caplog.at_level(logging.WARNING):
        segment, vif_type, details = bind(context)
    assert (segment, vif_type) == (None, "binding_failed")
    assert reason in details["reason"]
    assert details["reason"] in caplog.text
    assert "Port port of network network cannot be bound on host compute1" in caplog.text


def test_a_reason_fits_into_the_database():
    mappings = {f"physical{number}": f"bridge{number}" for number in range(400)}
    _, _, details = bind(PortContext([agent(**mappings)], [FLAT]))
    assert len(details["reason"]) == 1000


def test_a_group_cannot_be_made_stateless():
    offered = {"security-group", "stateful-security-group", "security-groups-default-statefulness"}
    assert LinuxBridgeMechanismDriver().supported_extensions(offered) == {"security-group"}


def test_neutron_finds_the_drivers():
    for group, name in (
        ("neutron.ml2.mechanism_drivers", "linuxbridge"),
        ("neutron.interface_drivers", "linuxbridge"),
    ):
        (found,) = entry_points(group=group, name=name)
        assert found.load().__module__.startswith("networking_linuxbridge.")


def test_neutron_refuses_trunks_beside_linux_bridges(conf):
    """What an operator sees who adds trunk to service_plugins."""
    conf.register_opt(cfg.ListOpt("mechanism_drivers", default=["linuxbridge"]), group="ml2")
    with pytest.raises(IncompatibleTrunkPluginConfiguration, match="Cannot load trunk plugin"):
        TrunkPlugin()

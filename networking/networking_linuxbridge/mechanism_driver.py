"""Tell neutron how ports on Linux bridges are bound, and say why where they cannot be."""

from typing import Any, ClassVar

from neutron.agent import securitygroups_rpc
from neutron.plugins.ml2.drivers import mech_agent
from neutron_lib import constants
from neutron_lib.api.definitions import (
    portbindings,
    qinq,
    security_groups_default_statefulness,
    stateful_security_group,
    vlantransparent,
)
from neutron_lib.plugins.ml2 import api
from oslo_log import log

from networking_linuxbridge.qos.rules import LinuxBridgeQosRules

LOG = log.getLogger(__name__)

REASON = "reason"  # the key in the binding's vif_details of a port that could not be bound
_LONGEST_REASON = 1000  # of the 4095 characters that the database has for all details


class LinuxBridgeMechanismDriver(mech_agent.SimpleAgentMechanismDriverBase):
    """Binds ports to hosts whose Linux bridge agent is alive and reaches the network.

    Nova makes the device of the port, a tap, and connects the server to it; the agent puts it into the
    bridge of the network.
    """

    _explicitly_not_supported_extensions: ClassVar[set[str]] = {
        vlantransparent.ALIAS,
        qinq.ALIAS,
        stateful_security_group.ALIAS,  # all are stateful: see `firewall`
        security_groups_default_statefulness.ALIAS,
    }

    def __init__(self) -> None:
        super().__init__(
            constants.AGENT_TYPE_LINUXBRIDGE,
            portbindings.VIF_TYPE_TAP,
            {portbindings.CAP_PORT_FILTER: securitygroups_rpc.is_firewall_enabled()},
        )
        self.qos_rules = LinuxBridgeQosRules()  # neutron's QoS service, if there is one, calls it

    @property
    def connectivity(self) -> str:
        """Say that ports of a network reach each other on layer 2."""
        return str(portbindings.CONNECTIVITY_L2)

    def get_allowed_network_types(self, agent: dict[str, Any]) -> list[str]:
        """Return the types of networks that an agent takes part in."""
        tunnels: list[str] = agent["configurations"].get("tunnel_types", [])
        return [*tunnels, constants.TYPE_FLAT, constants.TYPE_VLAN]

    def get_mappings(self, agent: dict[str, Any]) -> dict[str, str]:
        """Return the physical networks that an agent's host is connected to, and by what."""
        known = agent["configurations"]
        return {**known.get("interface_mappings", {}), **known.get("bridge_mappings", {})}

    def bind_port(self, context: Any) -> None:
        """Bind a port to its host, or say in the log and in the port's binding why that cannot be."""
        if not _is_parent_of_trunk(context):
            super().bind_port(context)
        if context._new_bound_segment:  # as ML2 itself asks whether a driver bound the port
            return
        obstacle = self._obstacle(context)
        LOG.warning(
            "Port %s of network %s cannot be bound on host %s: %s",
            context.current["id"],
            context.network.current["id"],
            context.host,
            obstacle,
        )
        # No segment is bound by this: ML2 asks the next driver, whose own details replace these.
        reason = {REASON: obstacle[:_LONGEST_REASON]}
        context.set_binding(None, portbindings.VIF_TYPE_BINDING_FAILED, reason)

    def _obstacle(self, context: Any) -> str:
        vnic_type = context.current.get(portbindings.VNIC_TYPE, portbindings.VNIC_NORMAL)
        if vnic_type not in self.supported_vnic_types:
            return f"its vnic_type is {vnic_type}, and Linux bridges have {self.supported_vnic_types} only"
        if _is_parent_of_trunk(context):
            return "it is the parent of a trunk, and Linux bridges have no trunk ports"
        agents = context.host_agents(self.agent_type)
        if not agents:
            return "no Linux bridge agent ever reported from there"
        alive = [agent for agent in agents if agent["alive"]]
        if not alive:
            return f"the Linux bridge agent there is down since {agents[0]['heartbeat_timestamp']}"
        if not context.segments_to_bind:
            return "the network has no segment left to bind"
        missing = [self._missing(segment, agent) for segment in context.segments_to_bind for agent in alive]
        reasons = list(filter(None, missing))
        if len(reasons) < len(missing):
            reasons.append("what the agent reaches is no segment that its addresses belong to")
        return "; ".join(reasons)

    def _missing(self, segment: dict[str, Any], agent: dict[str, Any]) -> str | None:
        kind = segment[api.NETWORK_TYPE]
        allowed = self.get_allowed_network_types(agent)
        if kind not in allowed:
            hint = ", since [vxlan] local_ip is not set for it" if kind == constants.TYPE_VXLAN else ""
            return f"its network is of type {kind} and the agent takes part in {allowed} only{hint}"
        mappings = self.get_mappings(agent)
        physical = segment[api.PHYSICAL_NETWORK]
        if kind != constants.TYPE_VXLAN and physical not in mappings:
            return f"its network is on {physical} and the agent's mappings are {mappings}"
        return None


def _is_parent_of_trunk(context: Any) -> bool:
    return bool(context.current.get("trunk_details"))

"""Neutron's DHCP agent, for networks that get their first IPv6 subnet while the agent sets them up."""

from neutron.agent.dhcp import agent
from neutron.agent.linux import ip_lib
from neutron_lib import constants
from oslo_log import log

LOG = log.getLogger(__name__)


class DhcpAgent(agent.DhcpAgentWithStateReport):
    """Neutron's agent, which keeps such a network in its cache.

    Upstream's looks a network up again after its dnsmasq was started. When that shows a first IPv6 subnet, it
    waits for the IPv6 metadata address of an interface that was made without one, gives up with
    AddressNotReady and forgets the network and all events that wait for it, for ever.
    """

    def configure_dhcp_for_network(self, network: agent.dhcp.NetModel) -> None:
        """Set up DHCP; when NETWORK has changed meanwhile, leave the rest to the event that says so."""
        try:
            super().configure_dhcp_for_network(network)
        except ip_lib.AddressNotReady:
            if has_ipv6(network):
                raise
            LOG.info("Network %s got an IPv6 subnet while its DHCP was set up", network.id)
            self.cache.put(network)


def has_ipv6(network: agent.dhcp.NetModel) -> bool:
    """Whether any subnet of NETWORK is one of IPv6."""
    return any(subnet.ip_version == constants.IP_VERSION_6 for subnet in network.subnets)

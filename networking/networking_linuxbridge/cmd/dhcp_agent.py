"""Neutron's DHCP agent, as a single process."""

import networking_linuxbridge.cmd  # noqa: F401
from neutron.agent import dhcp_agent
from neutron.agent.dhcp import agent
from neutron_lib import constants

from networking_linuxbridge import dhcp, in_process


def main() -> None:
    """Run the agent until it is told to stop."""
    agent.DhcpAgentWithStateReport = dhcp.DhcpAgent  # the command takes its agent by this name
    in_process.run(constants.AGENT_PROCESS_DHCP, dhcp_agent.main)


if __name__ == "__main__":
    main()

"""Neutron's L3 agent, as a single process."""

import networking_linuxbridge.cmd  # noqa: F401
from neutron.agent import l3_agent
from neutron_lib import constants

from networking_linuxbridge import in_process


def main() -> None:
    """Run the agent until it is told to stop."""
    in_process.run(constants.AGENT_PROCESS_L3, l3_agent.main)


if __name__ == "__main__":
    main()

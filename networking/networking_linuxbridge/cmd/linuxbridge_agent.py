"""The Linux bridge agent."""

import networking_linuxbridge.cmd  # noqa: F401
from neutron_lib import constants

from networking_linuxbridge import agent, in_process


def main() -> None:
    """Run the agent until it is told to stop."""
    in_process.run(constants.AGENT_PROCESS_LINUXBRIDGE, agent.main)


if __name__ == "__main__":
    main()

"""Neutron's metadata agent, as a single process."""

import networking_linuxbridge.cmd  # noqa: F401
from neutron.agent import metadata_agent
from neutron_lib import constants

from networking_linuxbridge import in_process


def main() -> None:
    """Run the agent until it is told to stop."""
    in_process.run(constants.AGENT_PROCESS_METADATA, metadata_agent.main, sets_sysctls=False)


if __name__ == "__main__":
    main()

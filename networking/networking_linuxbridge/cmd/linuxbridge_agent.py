"""The Linux bridge agent."""

import sys
from importlib.metadata import version

import networking_linuxbridge.cmd  # noqa: F401
from neutron_lib import constants

from networking_linuxbridge import agent, in_process


def main() -> None:
    """Run the agent until it is told to stop, or say which versions it is made of."""
    if sys.argv[1:] == ["--version"]:
        made_of = ("networking-linuxbridge", "neutron")
        print(", ".join(f"{package} {version(package)}" for package in made_of))  # noqa: T201
        return
    in_process.run(constants.AGENT_PROCESS_LINUXBRIDGE, agent.main)


if __name__ == "__main__":
    main()

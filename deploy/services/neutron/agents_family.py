"""What Neutron's agents have in common."""

import sys

CONTROL_NODE = "l3" in sys.argv

# Neutron names its chains in the packet filter by the program that imports it.
sys.argv[0] = "neutron-agents"

import networking_linuxbridge.cmd  # it chooses threads, and is the first for that
import networking_linuxbridge.agent

if CONTROL_NODE:
    import networking_linuxbridge.dhcp
    import networking_linuxbridge.interface_driver
    import neutron.agent.l3.agent
    import neutron.agent.metadata.agent

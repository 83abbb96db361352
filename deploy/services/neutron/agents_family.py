"""What Neutron's agents have in common."""

import networking_linuxbridge.agent
import networking_linuxbridge.dhcp
import networking_linuxbridge.interface_driver
import neutron.agent.l3.agent
import neutron.agent.metadata.agent

"""Policies of neutron's QoS service: which rules there are, and how they are put in force at taps."""

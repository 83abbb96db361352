"""Linux bridges and VXLAN for a current OpenStack Neutron."""

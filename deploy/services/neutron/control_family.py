"""What the processes of Neutron's control container have in common."""

import networking_linuxbridge.mechanism_driver
import neutron.api.rpc.handlers.dhcp_rpc
import neutron.api.rpc.handlers.metadata_rpc
import neutron.pecan_wsgi.app
import neutron.plugins.ml2.drivers.l2pop.mech_driver
import neutron.plugins.ml2.drivers.type_flat
import neutron.plugins.ml2.drivers.type_vxlan
import neutron.plugins.ml2.extensions.port_security
import neutron.plugins.ml2.plugin
import neutron.server
import neutron.service
import neutron.services.l3_router.l3_router_plugin

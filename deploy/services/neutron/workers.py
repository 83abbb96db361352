"""Neutron's RPC server and its periodic workers in one process: both need the same 150 MB."""

from neutron import manager, server, service
from neutron.api import extensions
from neutron_lib.api import attributes


def start() -> None:
    manager.init()
    extensions.PluginAwareExtensionManager.get_instance().extend_resources("2.0", attributes.RESOURCES)
    service.start_rpc_workers()
    service.start_periodic_workers().wait()


def main() -> None:
    server.boot_server(start)

"""A project as its user sees it: everything made through it is leased, and given back when the test ends."""

import base64
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from openstack.block_storage.v3.backup import Backup
from openstack.block_storage.v3.snapshot import Snapshot
from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server
from openstack.image.v2.image import Image
from openstack.network.v2.network import Network
from openstack.network.v2.port import Port
from openstack.network.v2.router import Router
from openstack.network.v2.security_group import SecurityGroup
from openstack.network.v2.subnet import Subnet
from openstack.orchestration.v1.stack import Stack

from lab.api import Api
from lab.cloud import Cloud, name_of
from lab.diagnosis import Finding, diagnose
from lab.errors import Broken, Layer
from lab.guest import Guest
from lab.keys import KeyPair, new_key_pair
from lab.leases import Leases

IMAGE, SMALL, LARGER = "dietguest", "m1.nano", "m1.tiny"
EXTERNAL = "external"


class Project(Cloud):
    """A Cloud in which one can make things; each is leased until `leases.release_all()`."""

    def __init__(self, api: Api, project_id: str, name: str, user: str, password: str) -> None:
        super().__init__(api)
        self.id = project_id
        self.name = name
        self.user = user
        self.password = password
        self.leases = Leases()
        self.key = new_key_pair()

    # networks

    def network(self, name: str = "net", **options: Any) -> Network:
        """A new tenant network."""
        network: Network = self.api.network.create_network(name=name, **options)
        self._lease(network, self.api.network.delete_network)
        return network

    def subnet(self, network: Network, cidr: str, **options: Any) -> Subnet:
        """A new subnet CIDR of NETWORK; IPv4 unless `ip_version` says otherwise."""
        options = {"ip_version": 4, "name": f"{network.name}-{cidr}"} | options
        subnet: Subnet = self.api.network.create_subnet(network_id=network.id, cidr=cidr, **options)
        self._lease(subnet, self.api.network.delete_subnet)
        return subnet

    def router(self, *subnets: Subnet, name: str = "router") -> Router:
        """A new router from SUBNETS to the external network."""
        gateway = {"network_id": self.external.id}
        router: Router = self.api.network.create_router(name=name, external_gateway_info=gateway)
        self._lease(router, self.delete_router)
        for subnet in subnets:
            self.api.network.add_interface_to_router(router, subnet.id)
        return router

    def delete_router(self, router: Router) -> None:
        """Delete ROUTER with its routes, which would hold on to its interfaces, and those."""
        self.api.network.update_router(router, routes=[])
        for port in self.api.network.ports(device_id=router.id, device_owner="network:router_interface"):
            self.api.network.remove_interface_from_router(router, port=port.id)
        self.api.network.delete_router(router)

    def security_group(self, *rules: dict[str, Any], name: str = "group") -> SecurityGroup:
        """A new security group that lets in what RULES say."""
        group: SecurityGroup = self.api.network.create_security_group(name=name)
        self._lease(group, self.api.network.delete_security_group)
        for rule in rules:
            self.api.network.create_security_group_rule(
                security_group_id=group.id, **{"direction": "ingress", "ethertype": "IPv4"} | rule
            )
        return group

    @cached_property
    def external(self) -> Network:
        """The external network."""
        network: Network = self.api.network.find_network(EXTERNAL, ignore_missing=False)
        return network

    @cached_property
    def lan(self) -> Network:
        """The project's own network with a way out; made when first asked for."""
        network = self.network("lan")
        self.router(self.subnet(network, "10.20.0.0/24"))
        return network

    @cached_property
    def reachable(self) -> SecurityGroup:
        """The security group that lets in ping and ssh; made when first asked for."""
        return self.security_group(
            {"protocol": "icmp"},
            {"protocol": "tcp", "port_range_min": 22, "port_range_max": 22},
            name="reachable",
        )

    # servers

    def keypair(self, key: KeyPair, name: str) -> str:
        """Register the public part of KEY; returns NAME."""
        keypair = self.api.compute.create_keypair(name=name, public_key=key.public)
        self._lease(keypair, self.api.compute.delete_keypair)
        return name

    @cached_property
    def keypair_name(self) -> str:
        """The key pair of this project's own key; registered when first asked for."""
        return self.keypair(self.key, "key")

    def start_server(
        self,
        name: str = "server",
        *,
        networks: Sequence[Network] = (),
        flavor: str = SMALL,
        image: str | None = IMAGE,
        groups: Sequence[SecurityGroup] | None = None,
        user_data: str = "",
        address: str = "",
        **options: Any,
    ) -> Server:
        """Ask for a server and do not wait for it.

        Without NETWORKS it stands in `lan`, without GROUPS it is `reachable`. IMAGE and FLAVOR are names; no
        image is for a server that boots from a volume given in OPTIONS. ADDRESS is the fixed one it wants.
        """
        groups = [self.reachable] if groups is None else groups
        if image is not None:
            options["image_id"] = self.api.image.find_image(image, ignore_missing=False).id
        if user_data:
            options["user_data"] = base64.b64encode(user_data.encode()).decode()
        fixed = {"fixed_ip": address} if address else {}
        server: Server = self.api.compute.create_server(
            name=name,
            flavor_id=self.api.compute.find_flavor(flavor, ignore_missing=False).id,
            networks=[{"uuid": network.id} | fixed for network in networks or [self.lan]],
            security_groups=[{"name": group.id} for group in groups],
            key_name=options.pop("key_name", None) or self.keypair_name,
            **options,
        )
        self._lease(server, self.api.compute.delete_server, self.api.compute.get_server)
        return server

    def server(self, name: str = "server", **options: Any) -> Server:
        """A server that is ACTIVE; OPTIONS as for `start_server`."""
        return self.server_is(self.start_server(name, **options))

    def port_of(self, server: Server, network: Network | None = None) -> Port:
        """The port of SERVER, the one in NETWORK if it has several."""
        where = {"network_id": network.id} if network else {}
        ports = list(self.api.network.ports(device_id=server.id, **where))
        if len(ports) != 1:
            raise LookupError(f"{server.name} has {len(ports)} ports there instead of one")
        port: Port = ports[0]
        return port

    def address_of(self, server: Server, network: Network | None = None) -> str:
        """The first fixed address of SERVER."""
        address: str = self.port_of(server, network).fixed_ips[0]["ip_address"]
        return address

    def floating_ip(self, server: Server, network: Network | None = None) -> str:
        """A new floating IP of SERVER."""
        port = self.port_of(server, network)
        address = self.api.network.create_ip(floating_network_id=self.external.id, port_id=port.id)
        self._lease(address, self.api.network.delete_ip)
        return str(address.floating_ip_address)

    def guest(self, server: Server, network: Network | None = None, within: float = 90) -> Guest:
        """The inside of SERVER by way of a new floating IP, as soon as it takes ssh."""
        return self.guest_at(server, self.floating_ip(server, network)).connect(within)

    def guest_at(self, server: Server, address: str, through: Guest | None = None) -> Guest:
        """The inside of SERVER at ADDRESS, not yet connected."""
        return Guest(address, self.key, through=through, explain=lambda: self.why_unreachable(server))

    def why_unreachable(self, server: Server) -> Finding:
        """Which layer keeps the guest of SERVER from answering."""
        now = self.api.compute.get_server(server.id)
        if now.status != "ACTIVE":
            return Finding(Layer.SERVICE, f"server {server.name} is {now.status}")
        return diagnose(self.console_of(server))

    def console_of(self, server: Server, lines: int | None = None) -> str:
        """What SERVER wrote to its console: all of it, or the last LINES."""
        output = self.api.compute.get_server_console_output(server, length=lines)
        return str(output["output"])

    def vnc_url_of(self, server: Server) -> str:
        """Where a browser finds the graphical console of SERVER for a while."""
        console = self.api.compute.create_console(server, console_type="novnc")
        if console is None:
            raise Broken(Layer.SERVICE, f"Nova gives no console of {server.name}")
        return str(console["url"])

    # volumes and images

    def volume(self, size: int = 1, name: str = "volume", **options: Any) -> Volume:
        """A volume of SIZE GiB that is available."""
        volume: Volume = self.api.block_storage.create_volume(name=name, size=size, **options)
        self._lease(volume, self.api.block_storage.delete_volume, self.api.block_storage.get_volume)
        return self.volume_is(volume)

    def lease_volume(self, name: str) -> Volume:
        """The volume NAME, which the cloud made; it goes with what was made here."""
        volume: Volume = self.api.block_storage.find_volume(name, ignore_missing=False)
        self._lease(volume, self.api.block_storage.delete_volume, self.api.block_storage.get_volume)
        return volume

    def image_of_volume(self, volume: Volume, name: str) -> Image:
        """An image of what is on VOLUME, attached or not, that is active."""
        made = self.api.block_storage.upload_volume_to_image(
            volume, name, force=True, disk_format="raw", container_format="bare"
        )
        image: Image = self.api.image.get_image(made["image_id"])
        self._lease(image, self.api.image.delete_image)
        return self.image_is(image)

    def attach(self, volume: Volume, server: Server) -> Volume:
        """Attach VOLUME to SERVER and return it in use."""
        self.api.compute.create_volume_attachment(server, volume_id=volume.id)
        self.leases.hold(f"attachment of {name_of(volume)}", lambda: self._detach_if_attached(volume))
        return self.volume_is(volume, "in-use")

    def detach(self, volume: Volume, server: Server) -> Volume:
        """Detach VOLUME from SERVER and return it available."""
        self.api.compute.delete_volume_attachment(server, volume.id)
        return self.volume_is(volume)

    def _detach_if_attached(self, volume: Volume) -> None:
        now = self.api.block_storage.find_volume(volume.id)
        for attachment in now.attachments if now else ():
            self.api.compute.delete_volume_attachment(attachment["server_id"], volume.id)
        if now:
            self.volume_is(volume)

    def snapshot(self, volume: Volume, name: str = "snapshot") -> Snapshot:
        """A snapshot of VOLUME, attached or not, that is available."""
        snapshot: Snapshot = self.api.block_storage.create_snapshot(
            volume_id=volume.id, name=name, is_forced=True
        )
        self._lease(snapshot, self.api.block_storage.delete_snapshot, self.api.block_storage.get_snapshot)
        return self.snapshot_is(snapshot)

    def backup(self, volume: Volume, name: str = "backup") -> Backup:
        """A backup of VOLUME, attached or not, that is available."""
        backup: Backup = self.api.block_storage.create_backup(volume_id=volume.id, name=name, force=True)
        self._lease(backup, self.api.block_storage.delete_backup, self.api.block_storage.get_backup)
        return self.backup_is(backup)

    def image(self, name: str, content: bytes, disk_format: str = "raw", **options: Any) -> Image:
        """An image of CONTENT that is active."""
        image: Image = self.api.image.create_image(
            name, data=content, disk_format=disk_format, container_format="bare", **options
        )
        self._lease(image, self.api.image.delete_image)
        return self.image_is(image)

    def image_of(self, server: Server, name: str) -> Image:
        """A snapshot of SERVER's disk as an image that is active."""
        image: Image = self.api.compute.create_server_image(server, name)
        self._lease(image, self.api.image.delete_image)
        return self.image_is(image)

    def stack(
        self, name: str, template: dict[str, Any], files: dict[str, str] | None = None, **parameters: str
    ) -> Stack:
        """A Heat stack of TEMPLATE, which may name FILES, that is complete."""
        stack: Stack = self.api.orchestration.create_stack(
            name=name, template=template, files=files or {}, parameters=parameters
        )
        self._lease(stack, self.api.orchestration.delete_stack, self.api.orchestration.get_stack)
        return self.stack_is(stack)

    def _lease(self, thing: Any, delete: Any, get: Any = None) -> None:
        """Hold THING until it is deleted and, given GET, gone."""

        def release() -> None:
            delete(thing)
            if get:
                self.is_gone(thing, get)

        self.leases.hold(name_of(thing), release)

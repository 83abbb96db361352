"""Makes the demo project's networks, flavors and image; may be repeated, changes only what is missing."""

import argparse
import fcntl
import ipaddress
from collections.abc import Callable
from hashlib import sha512
from pathlib import Path
from typing import Any

import openstack
import zstd

GUEST = Path("/usr/share/dietstack")
FLAVORS = {"m1.nano": (1, 192, 1), "m1.tiny": (1, 512, 1)}
LOCK = Path("/run/dietstack-demo.lock")
# Where the networks of `--network auto` come from, a /24 each: the first that servers need for nothing else.
POOLS = (ipaddress.IPv4Network("172.24.0.0/16"), ipaddress.IPv4Network("10.24.0.0/16"))


def make_flavors(admin: Any) -> None:
    for name, (vcpus, ram, disk) in FLAVORS.items():
        if not admin.compute.find_flavor(name):
            admin.compute.create_flavor(name=name, vcpus=vcpus, ram=ram, disk=disk)


def make_external_network(admin: Any, external: ipaddress.IPv4Interface) -> Any:
    network = admin.network.find_network("external", is_router_external=True) or admin.network.create_network(
        name="external",
        is_router_external=True,
        provider_network_type="flat",
        provider_physical_network="external",
    )
    if not admin.network.find_subnet("external", network_id=network.id):
        admin.network.create_subnet(
            name="external",
            network_id=network.id,
            ip_version=4,
            cidr=str(external.network),
            gateway_ip=str(external.ip),
            is_dhcp_enabled=False,
            allocation_pools=floating_pools(external),
        )
    return network


def floating_pools(external: ipaddress.IPv4Interface) -> list[dict[str, str]]:
    """The upper three quarters of the network, without the host's own address.

    The lower quarter stays free for machines that share the network with the cloud.
    """
    network = external.network
    first = network.network_address + max(2, network.num_addresses // 4)
    last = network.broadcast_address - 1
    if not first <= external.ip <= last:
        return [{"start": str(first), "end": str(last)}]
    pools = [(first, external.ip - 1), (external.ip + 1, last)]
    return [{"start": str(start), "end": str(end)} for start, end in pools if start <= end]


def make_networks_automatic(admin: Any, external: Any, *taken: ipaddress.IPv4Network) -> None:
    """A server with `--network auto` gets a network that overlaps none TAKEN, and a router to EXTERNAL.

    Another default that an administrator has chosen stays.
    """
    if not any(network.is_default for network in admin.network.networks(is_router_external=True)):
        admin.network.update_network(external, is_default=True)
    if not any(pool.is_default for pool in admin.network.subnet_pools(ip_version=4)):
        free = next(pool for pool in POOLS if not any(map(pool.overlaps, taken)))
        admin.network.create_subnet_pool(
            name="default", prefixes=[str(free)], default_prefix_length=24, is_default=True, is_shared=True
        )


def make_demo_network(demo: Any, tenant: ipaddress.IPv4Network, external: Any) -> None:
    mine = {"project_id": demo.current_project_id}
    network = demo.network.find_network("demo", **mine) or demo.network.create_network(name="demo")
    subnet = demo.network.find_subnet("demo", **mine) or demo.network.create_subnet(
        name="demo", network_id=network.id, ip_version=4, cidr=str(tenant)
    )
    router = demo.network.find_router("demo", **mine) or demo.network.create_router(
        name="demo", external_gateway_info={"network_id": external.id}
    )
    ports = demo.network.ports(device_id=router.id, network_id=network.id)
    if not any(True for _ in ports):
        demo.network.add_interface_to_router(router, subnet_id=subnet.id)


def make_images(admin: Any) -> None:
    """The guest image, and its kernel and initial RAM disk apart.

    A server boots these directly: under emulation its firmware would take longer to read them from the disk,
    and the kernel to unpack itself, than all of the rest of its start takes.
    """
    kernel = upload(admin, "dietguest-kernel", unpacked_kernel, "aki", os_hidden=True)
    initrd = upload(admin, "dietguest-initrd", (GUEST / "dietguest.initrd").read_bytes, "ari", os_hidden=True)
    upload(
        admin,
        "dietguest",
        (GUEST / "dietguest.qcow2").read_bytes,
        "qcow2",
        container_format="bare",
        min_ram=192,
        min_disk=1,
        os_distro="debian",
        os_admin_user="dietguest",
        kernel_id=kernel,
        ramdisk_id=initrd,
        os_command_line=command_line(),
    )


def unpacked_kernel() -> bytes:
    content: bytes = zstd.decompress((GUEST / "dietguest.vmlinux.zst").read_bytes())
    return content


def command_line() -> str:
    """The kernel's, from the configuration of the loader on the disk."""
    loader = (GUEST / "syslinux.cfg").read_text()
    return next(line.partition("APPEND ")[2] for line in loader.splitlines() if "APPEND " in line)


def upload(admin: Any, name: str, content: Callable[[], bytes], disk_format: str, **properties: Any) -> str:
    """Upload CONTENT as the public image NAME, unless it is there, and return its id.

    An upload that was killed half-way is made anew. One with other content is hidden: servers may need it.
    """
    data = content()
    ours = {"owner": admin.current_project_id, "is_hidden": properties.get("os_hidden", False)}
    for image in admin.image.images(name=name, visibility="public", **ours):
        if image.status != "active":
            admin.image.delete_image(image)
        elif image.hash_value == sha512(data).hexdigest():
            return str(image.id)
        elif not image.is_hidden:
            hide(admin, image)
    description = {
        "name": name,
        "disk_format": disk_format,
        "container_format": disk_format,
        "visibility": "public",
    }
    # Asked for without the library's functions: they would make a text of os_hidden.
    answer = admin.image.post("/images", json=description | properties)
    answer.raise_for_status()
    identifier = str(answer.json()["id"])
    headers = {"Content-Type": "application/octet-stream"}
    admin.image.put(f"/images/{identifier}/file", data=data, headers=headers).raise_for_status()
    return identifier


def hide(admin: Any, image: Any) -> None:
    headers = {"Content-Type": "application/openstack-images-v2.1-json-patch"}
    change = [{"op": "replace", "path": "/os_hidden", "value": True}]
    admin.image.patch(f"/images/{image.id}", headers=headers, json=change).raise_for_status()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--external", type=ipaddress.IPv4Interface, required=True)
    parser.add_argument("--tenant", type=ipaddress.IPv4Network, required=True)
    arguments = parser.parse_args()
    with LOCK.open("w") as lock:
        # A deployment that was killed may have left its own at work: two would delete each other's images.
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_demo(arguments.external, arguments.tenant)


def make_demo(external: ipaddress.IPv4Interface, tenant: ipaddress.IPv4Network) -> None:
    admin = openstack.connect(cloud="dietstack-admin")
    demo = openstack.connect(cloud="dietstack-demo")
    make_flavors(admin)
    outside = make_external_network(admin, external)
    make_networks_automatic(admin, outside, external.network, tenant)
    make_demo_network(demo, tenant, outside)
    make_images(admin)


if __name__ == "__main__":
    main()

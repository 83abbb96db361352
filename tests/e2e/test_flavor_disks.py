"""A flavor's disks beside the root disk: Nova makes and formats them with the server."""

import pytest
from openstack.compute.v2.flavor import Flavor

from lab.cloud import Cloud
from lab.project import Project


@pytest.fixture
def with_disks(cloud: Cloud, project: Project) -> Flavor:
    """A flavor for `project` alone, with an ephemeral disk of 1 GiB and 64 MiB of swap."""
    compute = cloud.api.compute
    flavor: Flavor = compute.create_flavor(
        name=project.name, ram=192, vcpus=1, disk=1, ephemeral=1, swap=64, is_public=False
    )
    project.leases.hold(f"flavor {flavor.name}", lambda: compute.delete_flavor(flavor))
    compute.flavor_add_tenant_access(flavor, project.id)
    return flavor


def test_ephemeral_disk_and_swap_are_formatted(project: Project, with_disks: Flavor) -> None:
    guest = project.guest(project.server(flavor=with_disks.name))
    kinds = [guest.run(f"sudo blkid -o value -s TYPE {disk}") for disk in ("/dev/vdb", "/dev/vdc")]
    assert kinds == ["vfat", "swap"]
    guest.run("sudo mount -t vfat /dev/vdb /mnt && sudo touch /mnt/file && sudo umount /mnt")

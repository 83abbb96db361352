"""A server whose root disk is a volume: the disk outlives the server."""

from typing import Any

from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server

from lab.project import IMAGE, Project


def server_from(volume: Volume, project: Project, name: str) -> Server:
    """A server with VOLUME as its root disk, which it does not take along when it is deleted."""
    root: dict[str, Any] = {
        "boot_index": 0,
        "uuid": volume.id,
        "source_type": "volume",
        "destination_type": "volume",
        "delete_on_termination": False,
    }
    return project.server(name, image=None, block_device_mapping_v2=[root])


def test_root_volume_boots_again_in_another_server(project: Project) -> None:
    image = project.api.image.find_image(IMAGE, ignore_missing=False)
    volume = project.volume(name="root", image_id=image.id)

    first = server_from(volume, project, "first")
    guest = project.guest(first)
    guest.run("echo kept > ~/note && sync")
    guest.close()
    project.api.compute.delete_server(first)
    project.is_gone(first, project.api.compute.get_server)
    project.volume_is(volume)

    second = project.guest(server_from(volume, project, "second"))
    assert second.run("hostname; cat ~/note").split() == ["second", "kept"]

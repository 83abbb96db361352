"""A server that boots from a volume and has a second one."""

import pytest
from openstack.block_storage.v3.volume import Volume
from openstack.compute.v2.server import Server
from openstack.compute.v2.volume_attachment import VolumeAttachment

from lab.exercise.looking import one
from lab.project import Project


def volume_called(name: str, project: Project) -> Volume:
    volumes = (volume for volume in project.api.block_storage.volumes() if volume.name == name)
    return one(volumes, f"There is no volume {name} yet.")


@pytest.fixture
def disk(project: Project) -> Volume:
    return volume_called("disk", project)


@pytest.fixture
def kiosk(project: Project) -> Server:
    servers = (server for server in project.api.compute.servers() if server.name == "kiosk")
    return one(servers, "There is no server kiosk yet.")


@pytest.fixture
def attached(project: Project, kiosk: Server) -> dict[str, VolumeAttachment]:
    """What the server has, by the ids of the volumes."""
    return {each.volume_id: each for each in project.api.compute.volume_attachments(kiosk)}


def test_disk(disk: Volume) -> None:
    """A volume with the content of the image."""
    assert disk.size == 1, "The volume disk is not of the size that is asked for."
    assert disk.is_bootable, "No server can boot from the volume disk."
    image = disk.volume_image_metadata or {}
    assert image.get("image_name") == "dietguest", "The volume disk has not the content of dietguest."


def test_server(disk: Volume, kiosk: Server, attached: dict[str, VolumeAttachment]) -> None:
    """A server that boots from it."""
    assert kiosk.status == "ACTIVE", f"kiosk is {kiosk.status}."
    assert disk.id in attached, "kiosk does not have the volume disk."
    assert attached[disk.id].device == "/dev/vda", "kiosk boots from something else than disk."
    assert set(kiosk.addresses or ()) == {"hall"}, "kiosk does not stand in the network hall."


def test_pictures(project: Project, attached: dict[str, VolumeAttachment]) -> None:
    """A second volume in it."""
    pictures = volume_called("pictures", project)
    assert pictures.size == 1, "The volume pictures is not of the size that is asked for."
    assert pictures.id in attached, "The server kiosk does not have the volume pictures."
    assert pictures.status == "in-use", f"The volume pictures is {pictures.status}."


def test_they_stay(attached: dict[str, VolumeAttachment]) -> None:
    """Both outlive the server."""
    assert len(attached) >= 2, "kiosk does not have both volumes yet."
    assert not any(each.delete_on_termination for each in attached.values()), (
        "A volume would go with the server."
    )

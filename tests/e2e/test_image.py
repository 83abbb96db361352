"""Images: bytes go in and come out, and servers start from them."""

import hashlib
import secrets

import pytest
from openstack.exceptions import NotFoundException

from lab.project import IMAGE, Project


def test_image_comes_back_as_it_was_uploaded(project: Project) -> None:
    content = secrets.token_bytes(1024 * 1024)
    image = project.image("random", content)
    assert image.size == len(content)
    assert image.hash_value == hashlib.sha512(content).hexdigest()
    assert project.api.image.download_image(image).content == content


def test_image_is_invisible_to_other_projects(project: Project, other_project: Project) -> None:
    image = project.image("private", b"\0" * 512)
    with pytest.raises(NotFoundException):
        other_project.api.image.get_image(image.id)


def test_server_starts_from_an_uploaded_image(project: Project) -> None:
    public = project.api.image.find_image(IMAGE, ignore_missing=False)
    content = project.api.image.download_image(public).content
    project.image("mine", content, disk_format=public.disk_format)
    guest = project.guest(project.server(image="mine"))
    assert guest.run("id -un") == "dietguest"


def test_metadata_definitions_name_what_can_be_set(project: Project) -> None:
    assert "OS::Compute::Watchdog" in {one.namespace for one in project.api.image.metadef_namespaces()}
    assert "OS::Nova::Flavor" in {one.name for one in project.api.image.metadef_resource_types()}

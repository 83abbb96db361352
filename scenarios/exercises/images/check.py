"""A private copy of the guest image, described."""

import pytest
from openstack.image.v2.image import Image

from lab.exercise.looking import guest_image, one
from lab.project import Project


@pytest.fixture
def golden(project: Project) -> Image:
    images = project.api.image.images(name="golden", owner=project.id)
    return one(images, "There is no image golden in your project yet.")


def test_content(project: Project, golden: Image) -> None:
    """An image golden with the content of dietguest."""
    assert golden.status == "active", f"golden has no content yet: it is {golden.status}."
    original = guest_image(project)
    assert golden.hash_value == original.hash_value, "The content of golden is not that of dietguest."
    assert golden.disk_format == original.disk_format, "golden is said to have another format than it has."


def test_private(golden: Image) -> None:
    """Only your project can see it."""
    assert golden.visibility == "private", "Others can be let in to golden, or are already."


def test_least(golden: Image) -> None:
    """It asks for enough memory and disk."""
    assert golden.min_ram >= 192, "A server with less memory than golden needs could be made of it."
    assert golden.min_disk >= 1, "A server with a smaller disk than golden needs could be made of it."


def test_property(golden: Image) -> None:
    """It says what it is."""
    assert golden.os_distro == "debian", "golden does not say which distribution it is."

"""Room for a volume, made by taking away what nobody needs."""

from pathlib import Path

from openstack.block_storage.v3.volume import Volume

from lab.cloud import Cloud
from lab.exercise.looking import one
from lab.project import Project


def volume_called(name: str, project: Project, say: str) -> Volume:
    return one((volume for volume in project.api.block_storage.volumes() if volume.name == name), say)


def test_report(project: Project) -> None:
    """A volume for the report."""
    report = volume_called("report", project, "There is no volume report yet.")
    assert report.size == 2, "The volume report is not of the size that is asked for."
    assert report.status in {"available", "in-use"}, f"The volume report is {report.status}."


def test_books(project: Project, kept: Path) -> None:
    """The books are still there."""
    books = volume_called("books", project, "The books are gone; only a reset brings them back.")
    assert books.id == (kept / "books").read_text().strip(), "These are not the books that were there."


def test_limit(project: Project, cloud: Cloud) -> None:
    """The limit is as it was."""
    quota = cloud.api.block_storage.get_quota_set(project.id)
    assert quota.gigabytes == 3, "Somebody has changed the limit."

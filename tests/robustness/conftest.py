"""A deployment to run again and again, and work in the cloud that has to survive it."""

from collections.abc import Iterator

import pytest

from lab.containers import wait_until_all_are_well
from lab.project import Project
from lab.workload import Workload, start_workload
from tests.deployment import Deployment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Remove the cloud last; mark all of these tests."""
    items.sort(key=lambda item: "test_interruption" in item.nodeid or "test_removal" in item.nodeid)
    for item in items:
        item.add_marker("destructive")


@pytest.fixture(scope="session")
def deployment(pytestconfig: pytest.Config) -> Deployment:
    """DietStack on this machine."""
    return Deployment(pytestconfig.rootpath)


@pytest.fixture(scope="module")
def workload(shared_project: Project) -> Iterator[Workload]:
    """A server, a volume and an image that were there before the tests of a module."""
    workload = start_workload(shared_project)
    yield workload
    workload.guest.close()


@pytest.fixture
def well_before() -> None:
    """The cloud is well as the test begins."""
    wait_until_all_are_well()

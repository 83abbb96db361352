"""Fixtures: the cloud, fresh projects in it, the machine below it. What they give is made in lab/."""

from collections.abc import Generator, Iterator
from datetime import UTC, datetime

import pytest
import testinfra
from openstack.compute.v2.server import Server
from testinfra.host import Host

from lab.api import connect
from lab.cloud import Cloud
from lab.evidence import evidence
from lab.guest import Guest
from lab.project import Project
from lab.settings import STATE, Settings, read_settings
from lab.tenancy import close_project, fresh_project


@pytest.fixture(scope="session")
def machine() -> Host:
    """The machine that the cloud runs on."""
    host: Host = testinfra.get_host("local://")
    return host


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The settings of the deployment."""
    return read_settings()


@pytest.fixture(scope="session")
def cloud() -> Cloud:
    """The cloud as its administrator sees it."""
    return Cloud(connect("dietstack-admin", STATE / "clouds.yaml"))


@pytest.fixture
def project(cloud: Cloud, request: pytest.FixtureRequest) -> Iterator[Project]:
    """A fresh project and user for one test; what the test leaves behind fails it by name."""
    yield from project_called(request.node.originalname, cloud)


@pytest.fixture
def other_project(cloud: Cloud) -> Iterator[Project]:
    """A second project like `project`, of another user."""
    yield from project_called("other", cloud)


@pytest.fixture(scope="module")
def shared_project(cloud: Cloud, request: pytest.FixtureRequest) -> Iterator[Project]:
    """A project that the tests of one module share."""
    yield from project_called(request.module.__name__, cloud)


def project_called(name: str, cloud: Cloud) -> Iterator[Project]:
    """A fresh project that is closed when whoever asked for it has ended."""
    project = fresh_project(cloud, name.rpartition(".")[-1].removeprefix("test_")[:40])
    yield project
    close_project(cloud, project)


@pytest.fixture(scope="module")
def server(shared_project: Project) -> Server:
    """A running server that the tests of one module share; each leaves it as it found it."""
    return shared_project.server()


@pytest.fixture(scope="module")
def guest(shared_project: Project, server: Server) -> Iterator[Guest]:
    """The inside of `server`."""
    guest = shared_project.guest(server)
    yield guest
    guest.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the evidence to the report of a failed test while what it made is still there."""
    report = yield
    fixtures = getattr(item, "funcargs", {})
    if report.failed and "cloud" in fixtures:
        projects = [value for value in fixtures.values() if isinstance(value, Project)]
        since = datetime.fromtimestamp(call.start, UTC).strftime("%Y-%m-%d %H:%M:%S")
        report.sections.extend(evidence(projects, since))
    return report

"""Who one is, and what the cloud offers."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import pytest
from keystoneauth1.exceptions import Unauthorized
from openstack.exceptions import ForbiddenException

from lab.api import Api
from lab.cloud import Cloud
from lab.project import Project
from lab.settings import Settings

QUESTIONS: dict[str, Callable[[Api], Iterable[object]]] = {
    "identity": lambda api: api.identity.services(),
    "image": lambda api: api.image.images(),
    "placement": lambda api: api.placement.resource_providers(),
    "compute": lambda api: api.compute.hypervisors(),
    "network": lambda api: api.network.extensions(),
    "block-storage": lambda api: api.block_storage.types(),
    "orchestration": lambda api: api.orchestration.get("/build_info").json(),
}


def test_login_is_for_the_own_project(project: Project) -> None:
    assert project.api.authorize()
    assert project.api.current_project_id == project.id


def test_wrong_password_is_refused(project: Project) -> None:
    stranger = project.api.connect_as(username=project.user, password="wrong", project_name=project.name)
    with pytest.raises(Unauthorized):
        stranger.session.get_token()


def test_user_of_a_project_is_no_administrator(project: Project) -> None:
    with pytest.raises(ForbiddenException):
        list(project.api.identity.users())


@pytest.mark.parametrize("service", QUESTIONS)
def test_service_of_the_catalog_answers(cloud: Cloud, service: str) -> None:
    assert list(QUESTIONS[service](cloud.api))


@pytest.mark.parametrize("service", [*QUESTIONS, "cloudformation"])
def test_catalog_has_a_public_endpoint(cloud: Cloud, settings: Settings, service: str) -> None:
    endpoint = cloud.api.endpoint_for(service, interface="public")
    assert endpoint
    assert urlsplit(endpoint).hostname == settings.external_address


def test_every_service_and_agent_is_up(cloud: Cloud) -> None:
    down = [
        f"{service.binary} on {service.host}"
        for service in cloud.api.compute.services()
        if service.state != "up"
    ]
    down += [
        f"{service.binary} on {service.host}"
        for service in cloud.api.block_storage.services()
        if service.state != "up"
    ]
    down += [f"{agent.binary} on {agent.host}" for agent in cloud.api.network.agents() if not agent.is_alive]
    assert not down

"""Who one is, and what the cloud offers."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import pytest
from keystoneauth1.exceptions import Unauthorized
from keystoneauth1.identity.v3 import ApplicationCredential
from keystoneauth1.session import Session
from openstack.exceptions import ForbiddenException

from deploy.services.cli.ready import ON_EVERY_NODE, ON_THE_CONTROL_NODE
from lab.api import Api
from lab.cloud import Cloud
from lab.machine import Machine
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


def test_application_credential_is_for_what_its_rules_say(project: Project) -> None:
    rules = [
        {"service": "compute", "method": "GET", "path": "/v2.1/servers"},
        {"service": "block-storage", "method": "GET", "path": f"/v3/{project.id}/volumes"},
    ]
    user = str(project.api.current_user_id)
    made = project.api.identity.create_application_credential(user, "reader", access_rules=rules)
    session = Session(
        ApplicationCredential(
            str(project.api.endpoint_for("identity")),
            application_credential_id=made.id,
            application_credential_secret=made.secret,
        )
    )
    compute = project.api.endpoint_for("compute")
    assert session.get(f"{compute}/servers").ok
    assert session.get(f"{project.api.endpoint_for('block-storage')}/{project.id}/volumes").ok
    assert not session.get(f"{compute}/flavors", raise_exc=False).ok


def test_user_of_a_project_is_no_administrator(project: Project) -> None:
    with pytest.raises(ForbiddenException):
        list(project.api.identity.users())


@pytest.mark.parametrize("service", QUESTIONS)
def test_service_of_the_catalog_answers(cloud: Cloud, service: str) -> None:
    assert list(QUESTIONS[service](cloud.api))


def test_services_are_called_differently(cloud: Cloud) -> None:
    names = [service.name for service in cloud.api.identity.services()]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("service", [*QUESTIONS, "cloudformation", "volumev3"])
def test_catalog_has_a_public_endpoint(cloud: Cloud, settings: Settings, service: str) -> None:
    endpoint = cloud.api.endpoint_for(service, interface="public")
    assert endpoint
    assert urlsplit(endpoint).hostname == settings.external_address


def test_every_service_and_agent_is_there_and_up(
    cloud: Cloud, control: Machine, computes: list[Machine], machines: dict[str, Machine]
) -> None:
    wanted = {(name, node_of(control)) for name in ON_THE_CONTROL_NODE}
    wanted |= {(name, node_of(machine)) for name in ON_EVERY_NODE for machine in machines.values()}
    wanted |= {("nova-compute", node_of(machine)) for machine in computes}
    services = [*cloud.api.compute.services(), *cloud.api.block_storage.services()]
    found = {(one.binary, one.host.partition("@")[0], one.state) for one in services}
    found |= {(one.binary, one.host, "up" if one.is_alive else "down") for one in cloud.api.network.agents()}
    assert found == {(name, node, "up") for name, node in wanted}


def node_of(machine: Machine) -> str:
    """The name under which the cloud knows MACHINE; this very machine has its own."""
    return machine.run("uname -n")

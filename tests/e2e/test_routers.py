"""Routers: the API refuses what no agent of this cloud would do."""

import pytest
from openstack.exceptions import BadRequestException, ForbiddenException

from lab.cloud import Cloud
from lab.project import Project


def test_a_distributed_router_is_refused(cloud: Cloud, project: Project) -> None:
    with pytest.raises(BadRequestException, match=r"Unrecognized attribute.*distributed"):
        cloud.api.network.create_router(name="router", project_id=project.id, is_distributed=True)


def test_a_highly_available_router_is_refused(cloud: Cloud, project: Project) -> None:
    with pytest.raises(ForbiddenException, match="create_router:ha"):
        cloud.api.network.create_router(name="router", project_id=project.id, is_ha=True)


def test_a_router_does_not_become_highly_available(cloud: Cloud, project: Project) -> None:
    router = project.router()
    cloud.api.network.update_router(router.id, is_admin_state_up=False)
    with pytest.raises(ForbiddenException, match="update_router:ha"):
        cloud.api.network.update_router(router.id, is_ha=True)

"""Routers: the API refuses what no agent of this cloud would do."""

import pytest
from openstack.exceptions import ForbiddenException

from lab.cloud import Cloud
from lab.project import Project


@pytest.mark.parametrize("kind", ["distributed", "ha"])
def test_such_a_router_is_refused(cloud: Cloud, project: Project, kind: str) -> None:
    with pytest.raises(ForbiddenException, match=f"create_router:{kind}"):
        cloud.api.network.create_router(name="router", project_id=project.id, **{f"is_{kind}": True})


@pytest.mark.parametrize("kind", ["distributed", "ha"])
def test_a_router_does_not_become_one(cloud: Cloud, project: Project, kind: str) -> None:
    router = project.router()
    cloud.api.network.update_router(router.id, is_admin_state_up=False)
    with pytest.raises(ForbiddenException, match=f"update_router:{kind}"):
        cloud.api.network.update_router(router.id, **{f"is_{kind}": True})

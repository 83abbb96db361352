"""PASSWORDS may be given and changed: the new one works everywhere, the old one nowhere."""

import secrets

import pytest
from keystoneauth1.exceptions import Unauthorized

from lab.api import connect
from lab.containers import wait_until_all_are_well
from lab.settings import STATE, Settings, read_settings
from lab.workload import Workload
from tests.deployment import Deployment


def test_changed_password_works_everywhere(
    workload: Workload, deployment: Deployment, settings: Settings
) -> None:
    new = secrets.token_hex(16)
    deployment.deploy(PASSWORDS=new)
    try:
        assert read_settings().passwords == new
        assert_only(new, settings.passwords)
        wait_until_all_are_well()
        workload.check()
        workload.project.server("under-the-new-password")
    finally:
        deployment.deploy(PASSWORDS=settings.passwords)
    assert_only(settings.passwords, new)
    workload.check()


def assert_only(right: str, wrong: str) -> None:
    """Admin and demo get in with RIGHT and not with WRONG."""
    for cloud, user in (("dietstack-admin", "admin"), ("dietstack-demo", "demo")):
        api = connect(cloud, STATE / "clouds.yaml")
        assert api.authorize()
        assert api.connect_as(username=user, password=right).authorize()
        with pytest.raises(Unauthorized):
            api.connect_as(username=user, password=wrong).session.get_token()

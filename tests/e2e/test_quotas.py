"""Quotas: what is over them is refused, in words that name them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from openstack.exceptions import ConflictException, ForbiddenException, HttpException

from lab.cloud import Cloud
from lab.machine import Machine
from lab.project import Project


def test_servers_over_the_quota_are_refused(cloud: Cloud, project: Project) -> None:
    cloud.api.compute.update_quota_set(project.id, instances=0)
    with pytest.raises(ForbiddenException, match="Quota exceeded for instances"):
        project.start_server()


def test_servers_count_before_the_conductor_has_seen_them(
    cloud: Cloud, project: Project, control: Machine
) -> None:
    cloud.api.compute.update_quota_set(project.id, instances=1)
    with conductor_asleep(control):
        project.start_server("fits")
        with pytest.raises(ForbiddenException, match="Quota exceeded for instances"):
            project.start_server("too-many")


@contextmanager
def conductor_asleep(control: Machine) -> Iterator[None]:
    """Nova's conductor answers nobody."""
    processes = control.run("docker top dietstack-nova-control -eo pid,comm").splitlines()
    (workers,) = (pid for pid, name in map(str.split, processes) if name == "workers")
    control.run("kill -STOP %s", workers)
    try:
        yield
    finally:
        control.run("kill -CONT %s", workers)


def test_cores_over_the_quota_are_refused(cloud: Cloud, project: Project) -> None:
    cloud.api.compute.update_quota_set(project.id, cores=0)
    with pytest.raises(ForbiddenException, match="Quota exceeded for cores"):
        project.start_server()


def test_gigabytes_over_the_quota_are_refused(cloud: Cloud, project: Project) -> None:
    cloud.api.block_storage.update_quota_set(project.id, gigabytes=1)
    project.volume(1, name="fits")
    with pytest.raises(HttpException, match=r"exceeds allowed gigabytes quota"):
        project.volume(1, name="too-much")


def test_networks_over_the_quota_are_refused(cloud: Cloud, project: Project) -> None:
    cloud.api.network.update_quota(project.id, networks=1)
    project.network("fits")
    with pytest.raises(ConflictException, match=r"Quota exceeded for resources: \['network'\]"):
        project.network("too-much")


def test_floating_ips_over_the_quota_are_refused(cloud: Cloud, project: Project) -> None:
    cloud.api.network.update_quota(project.id, floating_ips=0)
    with pytest.raises(ConflictException, match=r"Quota exceeded for resources: \['floatingip'\]"):
        project.api.network.create_ip(floating_network_id=project.external.id)


def test_usage_is_counted_and_given_back(project: Project) -> None:
    volume = project.volume(1)
    assert project.api.block_storage.get_limits().absolute.total_gigabytes_used == 1
    project.api.block_storage.delete_volume(volume)
    project.is_gone(volume, project.api.block_storage.get_volume)
    assert project.api.block_storage.get_limits().absolute.total_gigabytes_used == 0

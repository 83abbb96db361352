"""Projects that are opened, emptied and removed, and the look around that finds what tests left behind."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from keystoneauth1.exceptions import Unauthorized
from openstack.exceptions import BadRequestException, ConflictException, NotFoundException
from openstack.image.v2.image import Image
from openstack.network.v2.port import Port
from openstack.network.v2.security_group import SecurityGroup

from lab.api import Api
from lab.cloud import Cloud, name_of
from lab.deadline import Deadline, NotYet
from lab.errors import Layer, Leaked
from lab.project import Project

Leftover = tuple[Any, Callable[[Any], object]]

open_projects: dict[str, Project] = {}  # by their ids; evidence tells what is in them


def fresh_project(admin: Cloud, name: str) -> Project:
    """A new project with a new user in it, both named after NAME; `close_project` removes them."""
    opened = open_project(admin, f"{name}-{secrets.token_hex(3)}", secrets.token_hex(16))
    open_projects[opened.id] = opened
    return opened


def open_project(admin: Cloud, name: str, password: str) -> Project:
    """The project NAME and its user NAME, who has PASSWORD from now on; made if they are missing."""
    identity = admin.api.identity
    project = identity.find_project(name, domain_id="default")
    if project is None:
        project = identity.create_project(name=name, domain_id="default")
    user = identity.find_user(name, domain_id="default")
    if user is None:
        user = identity.create_user(
            name=name, password=password, domain_id="default", default_project_id=project.id
        )
    member = identity.find_role("member", ignore_missing=False)
    identity.assign_project_role_to_user(project, user, member)
    api = admin.api.connect_as(username=name, password=password, project_name=name)
    if not lets_in(api):
        identity.update_user(user, password=password)
        # Keystone refuses all tokens of the second in which a password was changed.
        Deadline(20).until(Layer.SERVICE, f"login of {name}", lambda: expect_to_be_let_in(api))
    return Project(api, project.id, name, name, password)


def lets_in(api: Api) -> bool:
    """Whether the cloud takes the name and the password, and the token, of API."""
    try:
        return bool(api.identity.get("/auth/projects").ok)
    except Unauthorized:
        return False


def expect_to_be_let_in(api: Api) -> None:
    """Raise NotYet unless API is let in with a new token."""
    api.session.invalidate()
    if not lets_in(api):
        raise NotYet("the password is refused")


def close_project(admin: Cloud, project: Project) -> None:
    """Give back all that PROJECT leased, remove what it left all the same, then the project itself.

    Raises Leaked with the name of everything that the test made without a lease or that could not be deleted.
    """
    leaks = []
    try:
        project.leases.release_all()
    except Leaked as leaked:
        leaks.append(str(leaked))
    leaks += [f"{name_of(thing)} was left behind" for thing, _ in leftovers(project)]
    try:
        if leaks:
            empty(project)
    finally:
        open_projects.pop(project.id, None)
        remove_project(admin, project)
    if leaks:
        raise Leaked(Layer.SERVICE, f"project {project.name}: " + "; ".join(leaks))


def renew(admin: Cloud, project: Project) -> None:
    """Let PROJECT be as it was when it was new: what is in it goes, also what its user has kept from that.

    Neutron makes the group `default` anew, with the rules that a new project has. Nothing of another project
    is looked at. LabError names what does not go.
    """
    release(admin, project)
    empty(project)
    delete_groups(admin, project)


def release(admin: Cloud, project: Project) -> None:
    """Let go of what a user of PROJECT, or ADMIN, has locked or protected: it could not be deleted."""
    for server in project.api.compute.servers():
        if server.is_locked:
            admin.api.compute.unlock_server(server)  # Nova lets no user undo what an administrator has locked
    for image in images_of(project):
        if image.is_protected:
            project.api.image.update_image(image, is_protected=False)


def empty(project: Project, within: float = 60) -> None:
    """Delete what is in PROJECT, again and again until nothing holds on to anything else."""

    def attempt() -> None:
        left = leftovers(project)
        for thing, delete in left:
            with suppress(ConflictException, BadRequestException, NotFoundException):
                delete(thing)
        if left:
            raise NotYet("left are " + ", ".join(name_of(thing) for thing, _ in left))

    Deadline(within).until(Layer.SERVICE, f"project {project.name} empty", attempt, every=1)


def leftovers(project: Project) -> list[Leftover]:
    """What is in PROJECT and the call that deletes it, in the order in which things let go of each other."""
    api = project.api
    mine = {"project_id": project.id}
    kinds: list[tuple[Iterable[Any], Callable[[Any], object]]] = [
        # Heat lists a deleted stack a moment longer than it answers for it.
        (
            (stack for stack in api.orchestration.stacks() if stack.status != "DELETE_COMPLETE"),
            api.orchestration.delete_stack,
        ),
        (api.compute.servers(), api.compute.delete_server),
        (api.compute.keypairs(), api.compute.delete_keypair),
        (api.block_storage.transfers(), api.block_storage.delete_transfer),
        (api.block_storage.backups(), api.block_storage.delete_backup),
        (api.block_storage.snapshots(), api.block_storage.delete_snapshot),
        (api.block_storage.volumes(), api.block_storage.delete_volume),
        (images_of(project), api.image.delete_image),
        (api.network.ips(**mine), api.network.delete_ip),
        (api.network.routers(**mine), project.delete_router),
        (filter(is_a_persons, api.network.ports(**mine)), api.network.delete_port),
        (api.network.networks(**mine), api.network.delete_network),
        (filter(is_not_default, api.network.security_groups(**mine)), api.network.delete_security_group),
    ]
    return [(thing, delete) for things, delete in kinds for thing in things]


def images_of(project: Project) -> Iterator[Image]:
    """The images of PROJECT, also those that are hidden from lists."""
    for hidden in (False, True):
        yield from project.api.image.images(owner=project.id, is_hidden=hidden)


def is_a_persons(port: Port) -> bool:
    """Whether a person made PORT; those of DHCP, routers and servers come and go with their owners."""
    return not (port.device_owner or "").startswith(("network:", "compute:"))


def is_not_default(group: SecurityGroup) -> bool:
    """Whether a person made GROUP; the default one comes and goes with its project."""
    return bool(group.name != "default")


def remove_project(admin: Cloud, project: Project) -> None:
    """Delete the project, its user and what Neutron keeps for it."""
    identity = admin.api.identity
    delete_groups(admin, project)
    user = identity.find_user(project.user, ignore_missing=False)
    identity.delete_user(user)
    identity.delete_project(project.id)
    project.api.close()


def clear_away(admin: Cloud, name: str) -> None:
    """Delete the project NAME with all that is in it, as a user of that name, who goes with it."""
    project = open_project(admin, name, secrets.token_hex(16))
    renew(admin, project)
    remove_project(admin, project)


def delete_groups(admin: Cloud, project: Project) -> None:
    """Delete the security groups of PROJECT, also the default one, which its user could not."""
    for group in list(admin.api.network.security_groups(project_id=project.id)):
        admin.api.network.delete_security_group(group)

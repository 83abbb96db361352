"""Two users of one project, each with the one role that they need."""

from itertools import chain

import pytest
from openstack.identity.v3.project import Project as IdentityProject

from lab.cloud import Cloud
from lab.exercise.looking import one

ENOUGH = {"member", "reader"}  # for mira; the first one gives what the second one does


@pytest.fixture
def library(cloud: Cloud) -> IdentityProject:
    return one(
        cloud.api.identity.projects(name="library", domain_id="default"), "There is no project library yet."
    )


def roles_of(name: str, cloud: Cloud) -> set[tuple[str, str | None]]:
    """The roles of the user NAME, each with the id of the project it is for; also what follows from them."""
    user = one(cloud.api.identity.users(name=name, domain_id="default"), f"There is no user {name} yet.")
    names = {role.id: role.name for role in cloud.api.identity.roles()}
    given = cloud.api.identity.role_assignments(user_id=user.id)
    follows = cloud.api.identity.role_assignments(user_id=user.id, effective=True)  # also from groups
    return {
        (names[each.role["id"]], each.scope.get("project", {}).get("id")) for each in chain(given, follows)
    }


def test_project(library: IdentityProject) -> None:
    """A project library."""
    assert library.is_enabled, "The project library is switched off."


def test_mira(cloud: Cloud, library: IdentityProject) -> None:
    """Mira can make things in it."""
    roles = roles_of("mira", cloud)
    assert ("member", library.id) in roles, "mira cannot make anything in library."


def test_otto(cloud: Cloud, library: IdentityProject) -> None:
    """Otto can look at it and change nothing."""
    roles = roles_of("otto", cloud)
    assert ("reader", library.id) in roles, "otto cannot look at what is in library."
    assert roles == {("reader", library.id)}, "otto may do more than look at library."


def test_mira_has_no_more(cloud: Cloud, library: IdentityProject) -> None:
    """Mira has no more than that."""
    roles = roles_of("mira", cloud)
    assert {where for _, where in roles} <= {library.id}, "mira has rights outside of library."
    names = {role for role, _ in roles}
    assert "admin" not in names, (
        "mira has a role that is not for one project only, whatever project it was given for."
    )
    assert names <= ENOUGH, "mira has a role in library that nothing which is asked for needs."

from types import SimpleNamespace
from typing import Any, cast

import pytest
from openstack.exceptions import ConflictException, NotFoundException

from lab.api import Api
from lab.cloud import Cloud
from lab.errors import Leaked
from lab.project import Project
from lab.tenancy import close_project, empty, renew


class Service:
    """An API in which there is nothing, apart from what was put there."""

    def __init__(self, **things: list[Any]) -> None:
        self.things = things
        self.deleted: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("delete_"):
            return self._delete
        return lambda **_: list(self.things.get(name, ()))

    def _delete(self, thing: Any) -> None:
        self.deleted.append(getattr(thing, "name", thing))
        for things in self.things.values():
            if thing in things:
                things.remove(thing)


class Identity(Service):
    def find_user(self, name: str, ignore_missing: bool) -> str:
        assert not ignore_missing
        return name


class Images(Service):
    """Lists hidden images only to who asks for them."""

    def images(self, owner: str, is_hidden: bool = False) -> list[Any]:
        assert owner == "id"
        return [image for image in self.things["images"] if getattr(image, "is_hidden", False) is is_hidden]


def services() -> dict[str, Any]:
    kinds = ("orchestration", "compute", "block_storage", "image", "network")
    return {kind: Service() for kind in kinds}


@pytest.fixture
def admin() -> Cloud:
    return Cloud(cast(Api, SimpleNamespace(identity=Identity(), network=Service())))


@pytest.fixture
def project() -> Project:
    api = SimpleNamespace(**services(), close=lambda: None)
    return Project(cast(Api, api), "id", "name", "user", "password")


def test_a_clean_project_is_removed_with_its_user(
    admin: Cloud, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lab.tenancy.open_projects", projects := {project.id: project})
    close_project(admin, project)
    assert projects == {}
    assert cast(Any, admin.api.identity).deleted == ["user", "id"]


@pytest.mark.usefixtures("clock")
def test_what_was_made_without_a_lease_is_removed_and_named(admin: Cloud, project: Project) -> None:
    volume = SimpleNamespace(name="forgotten")
    storage = cast(Any, project.api.block_storage)
    storage.things["volumes"] = [volume]
    with pytest.raises(Leaked, match="SimpleNamespace forgotten was left behind"):
        close_project(admin, project)
    assert storage.deleted == ["forgotten"]
    assert cast(Any, admin.api.identity).deleted == ["user", "id"]


@pytest.mark.usefixtures("clock")
def test_a_lease_that_cannot_be_given_back_is_named(admin: Cloud, project: Project) -> None:
    def refuse() -> None:
        raise RuntimeError("in use")

    project.leases.hold("volume data", refuse)
    with pytest.raises(Leaked, match=r"volume data \(in use\)"):
        close_project(admin, project)
    assert cast(Any, admin.api.identity).deleted == ["user", "id"]


@pytest.mark.usefixtures("clock")
def test_a_new_project_has_nothing_that_was_locked_or_protected_by_whomever(project: Project) -> None:
    done: list[str] = []

    def unlock(server: Any) -> None:
        done.append(f"{server.name} unlocked by its administrator")

    def change(image: Any, is_protected: bool) -> None:
        image.is_protected = is_protected

    locked, open_one = (SimpleNamespace(name=name, is_locked=name == "locked") for name in ("locked", "open"))
    image = SimpleNamespace(name="golden", is_protected=True)
    default = SimpleNamespace(name="default")
    api = cast(Any, project.api)
    api.compute = Service(servers=[locked, open_one])
    api.image = Images(images=[image])
    api.image.update_image = change
    groups = Service(security_groups=[default])
    compute = SimpleNamespace(unlock_server=unlock)
    renew(Cloud(cast(Api, SimpleNamespace(compute=compute, network=groups))), project)
    assert done == ["locked unlocked by its administrator"]
    assert not image.is_protected
    assert (api.compute.deleted, api.image.deleted, groups.deleted) == (
        ["locked", "open"],
        ["golden"],
        ["default"],
    )


class Network(Service):
    """One whose routers keep the interfaces that their routes need, as Neutron does."""

    def update_router(self, router: Any, routes: list[Any]) -> None:
        router.routes = routes

    def remove_interface_from_router(self, router: Any, port: str) -> None:
        if router.routes:
            raise ConflictException(f"router {router.name} has routes by port {port}")
        self.things["ports"].clear()


@pytest.mark.usefixtures("clock")
def test_a_router_goes_with_the_routes_that_a_learner_gave_it(project: Project) -> None:
    route = {"destination": "192.0.2.0/24", "nexthop": "10.20.0.7"}
    router = SimpleNamespace(id="r1", name="router", routes=[route])
    port = SimpleNamespace(id="p1", device_owner="network:router_interface")
    network = Network(routers=[router], ports=[port])
    cast(Any, project.api).network = network
    empty(project)
    assert network.deleted == ["router"]


@pytest.mark.usefixtures("clock")
def test_hidden_images_go_too(project: Project) -> None:
    image = Images(images=[SimpleNamespace(name="golden", is_hidden=True)])
    cast(Any, project.api).image = image
    empty(project)
    assert image.deleted == ["golden"]


@pytest.mark.usefixtures("clock")
def test_ports_go_whatever_their_makers_say_of_them(project: Project) -> None:
    owners = {"mine": "me", "plain": "", "of a server": "compute:nova", "of DHCP": "network:dhcp"}
    network = Service(
        ports=[SimpleNamespace(name=name, device_owner=owner) for name, owner in owners.items()]
    )
    cast(Any, project.api).network = network
    empty(project)
    assert network.deleted == ["mine", "plain"]


@pytest.mark.usefixtures("clock")
def test_what_goes_by_itself_meanwhile_is_gone(project: Project) -> None:
    class Heat(Network):
        """Has removed the router of a stack before anybody else could."""

        def update_router(self, router: Any, routes: list[Any]) -> None:
            self.things["routers"].remove(router)
            raise NotFoundException(f"no {router.name}, {routes}")

    network = Heat(routers=[SimpleNamespace(id="r1", name="router")])
    cast(Any, project.api).network = network
    empty(project)
    assert network.deleted == []

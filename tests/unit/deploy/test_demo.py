"""What a new cloud has is made once; what an administrator has chosen instead stays."""

import sys
from hashlib import sha512
from ipaddress import IPv4Network
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.unit.deploy.shell import DEPLOY
from tests.unit.modules import module_of

EXTERNAL, DEMO = IPv4Network("192.168.99.0/24"), IPv4Network("192.168.35.0/24")


class Network:
    """Neutron with a network that leads outside, and all that is made in it."""

    def __init__(self, *, is_default: bool = False) -> None:
        self.external = SimpleNamespace(name="external", is_default=False)
        self.other = SimpleNamespace(name="other", is_default=is_default)
        self.pools: list[Any] = []

    def networks(self, *, is_router_external: bool) -> list[Any]:
        return [self.external, self.other] if is_router_external else []

    def update_network(self, network: Any, **change: Any) -> None:
        vars(network).update(change)

    def subnet_pools(self, *, ip_version: int) -> list[Any]:
        return self.pools if ip_version == 4 else []

    def create_subnet_pool(self, **attributes: Any) -> None:
        self.pools.append(SimpleNamespace(**attributes))


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setitem(sys.modules, "zstd", ModuleType("zstd"))
    return module_of(DEPLOY / "services/cli/demo.py")


class Glance:
    """Images, of which the API tells what it knows by name and whether they are hidden."""

    def __init__(self) -> None:
        self.there: list[Any] = []

    def images(self, *, is_hidden: bool, name: str, **_more: object) -> list[Any]:
        return [one for one in self.there if (one.is_hidden, one.name) == (is_hidden, name)]

    def post(self, _url: str, json: dict[str, Any]) -> Any:
        hidden = json.get("os_hidden", False)
        image = SimpleNamespace(id=str(len(self.there)), name=json["name"], is_hidden=hidden, status="queued")
        self.there.append(image)
        return SimpleNamespace(raise_for_status=lambda: None, json=lambda: {"id": image.id})

    def put(self, url: str, data: bytes, **_more: object) -> Any:
        image = self.there[int(url.split("/")[2])]
        image.status, image.hash_value = "active", sha512(data).hexdigest()
        return SimpleNamespace(raise_for_status=lambda: None)

    def patch(self, url: str, json: list[dict[str, Any]], **_more: object) -> Any:
        assert json == [{"op": "replace", "path": "/os_hidden", "value": True}]
        self.there[int(url.split("/")[2])].is_hidden = True
        return SimpleNamespace(raise_for_status=lambda: None)


def test_an_image_of_another_release_is_hidden_behind_that_of_this_one(demo: ModuleType) -> None:
    glance = Glance()
    admin = SimpleNamespace(image=glance, current_project_id="admin")

    def upload(content: bytes) -> tuple[str, str]:
        kernel = demo.upload(admin, "kernel", lambda: content, "aki", os_hidden=True)
        return kernel, demo.upload(admin, "guest", lambda: content, "qcow2")

    assert upload(b"old") == upload(b"old") == ("0", "1")
    assert upload(b"new") == upload(b"new") == ("2", "3")
    assert [image.is_hidden for image in glance.there] == [True, True, True, False]


def make_networks_automatic(demo: ModuleType, network: Network, *taken: IPv4Network) -> None:
    demo.make_networks_automatic(SimpleNamespace(network=network), network.external, *taken)


def test_networks_are_made_for_who_has_none(demo: ModuleType) -> None:
    network = Network()
    for _ in range(2):
        make_networks_automatic(demo, network, EXTERNAL, DEMO)
    (pool,) = network.pools
    assert network.external.is_default
    assert (pool.prefixes, pool.is_default, pool.is_shared) == (["172.24.0.0/16"], True, True)


@pytest.mark.parametrize("external", ["172.24.7.0/24", "172.16.0.0/12"])
def test_they_are_kept_out_of_the_external_network(demo: ModuleType, external: str) -> None:
    network = Network()
    make_networks_automatic(demo, network, IPv4Network(external), DEMO)
    assert network.pools[0].prefixes == ["10.24.0.0/16"]


def test_an_administrators_choice_stays(demo: ModuleType) -> None:
    network = Network(is_default=True)
    network.create_subnet_pool(name="theirs", is_default=True)
    make_networks_automatic(demo, network, EXTERNAL, DEMO)
    assert not network.external.is_default
    assert [pool.name for pool in network.pools] == ["theirs"]

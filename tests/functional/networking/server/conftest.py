"""A cloud of three nodes: the agents in them, neutron's server, and what a project makes in it."""

from collections.abc import Callable, Iterator

import pytest

from server.cloud import Network, Neutron, Server
from server.control import Control, remove_containers
from server.spaces import Node, new_switch, remove_leftovers
from server.truth import assert_nothing_leaked, await_truth


@pytest.fixture(scope="package")
def control(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Control]:
    remove_containers()
    remove_leftovers()
    started = Control(tmp_path_factory.mktemp("cloud"), new_switch())
    try:
        started.start()
        yield started
    finally:
        started.stop()
        remove_containers()
        remove_leftovers()


@pytest.fixture(scope="package")
def neutron(control: Control) -> Neutron:
    return Neutron(f"http://{control.outside}:9696")


@pytest.fixture(scope="package")
def nodes(control: Control, neutron: Neutron) -> Iterator[list[Node]]:
    made = [Node(number, control.switch, control.folder) for number in (1, 2, 3)]
    for node in made:
        node.start_agent()
    for node in made:
        node.await_agent(neutron)
    yield made
    for node in made:
        node.delete()


@pytest.fixture(autouse=True)
def nothing_is_left(nodes: list[Node]) -> Iterator[None]:
    """With what a test made goes everything that the agents made for it."""
    yield
    assert_nothing_leaked(nodes)


@pytest.fixture
def network(neutron: Neutron) -> Iterator[Network]:
    made = Network(neutron, 1)
    yield made
    made.delete()


@pytest.fixture
def open_group(neutron: Neutron) -> Iterator[str]:
    """A security group that lets everything in."""
    group = neutron.create("security_group", name="open")["id"]
    for version in ("IPv4", "IPv6"):
        neutron.create("security_group_rule", security_group_id=group, direction="ingress", ethertype=version)
    yield group
    neutron.delete("security_group", group)


@pytest.fixture
def make(neutron: Neutron, network: Network, open_group: str) -> Iterator[Callable[..., Server]]:
    """Make servers without a device yet. At the end they go."""
    made: list[Server] = []

    def make(node: Node, *groups: str, network: Network = network) -> Server:
        made.append(Server(neutron, node, network, list(groups) or [open_group]))
        return made[-1]

    yield make
    for server in made:
        server.delete()


@pytest.fixture
def boot(make: Callable[..., Server], control: Control, nodes: list[Node]) -> Callable[..., Server]:
    """Boot servers: as Nova does, up to where neutron says that they are wired and all nodes know of them."""

    def boot(node: Node, *groups: str) -> Server:
        server = make(node, *groups)
        server.plug()
        server.await_active()
        await_truth(control, nodes)
        return server

    return boot

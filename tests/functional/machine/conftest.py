"""Machines of the image dietstack/machine, on networks of their own."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from tests.functional.infra.services import ROOT, docker
from tests.functional.machine.container import ContainerMachine, Network

NAME = f"dietstack-test-{os.getpid()}"


@pytest.fixture(scope="session")
def store() -> str:
    """The name of the store, made with the image if anything changed that goes into them."""
    subprocess.run([ROOT / "images/build.sh", "machine"], check=True)
    return (ROOT / "build/store").read_text().strip()


@pytest.fixture(scope="session")
def networks() -> Iterator[dict[str, Network]]:
    """The networks `ds` and `external`, with subnets that Docker found free."""
    networks = {name: Network(f"{NAME}-{name}") for name in ("ds", "external")}
    yield networks
    for network in networks.values():
        docker("network", "rm", network.name)


@pytest.fixture(scope="module")
def machine(store: str, networks: dict[str, Network]) -> Iterator[ContainerMachine]:
    """A booted machine with both networks, the store and the checkout."""
    subnets = {name: network.subnet for name, network in networks.items()}
    machine = ContainerMachine(NAME, store, list(networks.values()), subnets)
    yield machine
    machine.remove()


@pytest.fixture
def lonely_machine(store: str) -> Iterator[ContainerMachine]:
    """A booted machine that was told of a network to which nobody connects it."""
    machine = ContainerMachine(f"{NAME}-lonely", store, [], {"ds": "203.0.113.0/24"})
    yield machine
    machine.remove()

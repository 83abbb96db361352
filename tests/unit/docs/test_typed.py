"""What tests/e2e/manual types of the manual can be typed: each command says where, and that is known."""

from ipaddress import IPv4Address, IPv4Network
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.e2e.manual.steps import Step, steps_in, steps_of
from tests.e2e.manual.test_by_hand import COMPUTE_NODES, INSTALL
from tests.e2e.manual.typist import Typist

LAB = SimpleNamespace(
    control_address=IPv4Address("192.168.24.10"),
    external_address=IPv4Address("192.168.100.1"),
    external=IPv4Network("192.168.100.0/24"),
    patience=1,
)


@pytest.fixture
def typist() -> Typist:
    """Somebody who types in machines that are none."""
    machines = cast("Any", dict.fromkeys(("control", "compute1", "compute2")))
    return Typist(cast("Any", LAB), machines, "compute2")


def test_installation_goes_from_all_machines_to_the_control_node_to_the_others(typist: Typist) -> None:
    where = [typist.machines_at(step.place) for step in steps_of(*INSTALL)]
    assert where == [
        *[["control", "compute1", "compute2"]] * 2,
        ["control"],
        ["compute1", "compute2"],
        *[["control"]] * 2,
    ]


def test_a_compute_node_comes_and_goes(typist: Typist) -> None:
    where = [typist.machines_at(step.place) for step in steps_of(*COMPUTE_NODES)]
    assert where == [["control"], *[["compute2"]] * 4, *[["control"]] * 2]


def test_words_of_the_manual_become_those_of_the_lab(typist: Typist) -> None:
    steps = steps_of(*INSTALL) + steps_of(*COMPUTE_NODES)
    typed = [typist.in_words_of_the_lab(step.command) for step in steps]
    assert (
        "CONTROL_NODE=false DS_INTERFACE=ds CONTROL_NODE_DS_IP=192.168.24.10 EXTERNAL_IP=192.168.100.1/24"
        ' PASSWORDS="$THAT_OF_THE_CONTROL_NODE" ./runds.sh'
    ) in typed
    text = "\n".join(typed)
    for word in ("eth", "192.168.23.", "192.168.99.", "that-of", " NODE "):
        assert word not in text


def test_a_command_without_a_place_is_an_error() -> None:
    assert list(steps_in("# on the control node\n./runds.sh\n", "a.md")) == [
        Step("on the control node", "./runds.sh")
    ]
    with pytest.raises(ValueError, match=r"a\.md does not say where to type: \./runds\.sh"):
        list(steps_in("./runds.sh\n", "a.md"))


def test_a_place_that_nobody_knows_is_an_error(typist: Typist) -> None:
    with pytest.raises(LookupError, match="on the moon"):
        typist.machines_at("on the moon, once")

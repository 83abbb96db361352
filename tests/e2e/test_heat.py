"""A Heat stack of all that the cloud has: up, used, down without a trace."""

from pathlib import Path

import pytest
import yaml

from lab.disk import Disk
from lab.errors import Broken
from lab.guest import Guest
from lab.project import EXTERNAL, IMAGE, SMALL, Project
from lab.tenancy import leftovers

HERE = Path(__file__).parent
FILES = {"signal.sh": (HERE / "signal.sh").read_text()}


def test_stack_comes_up_and_goes_down(project: Project) -> None:
    stack = project.stack(
        "everything",
        yaml.safe_load((HERE / "stack.yaml").read_text()),
        files=FILES,
        image=IMAGE,
        flavor=SMALL,
        key=project.keypair_name,
        external=EXTERNAL,
    )
    outputs = {output["output_key"]: output["output_value"] for output in stack.outputs}
    guest = Guest(outputs["address"], project.key).connect()
    assert guest.run("hostname") == "stacked"
    assert Disk(guest, guest.disk(outputs["volume"])).fill()

    project.api.orchestration.delete_stack(stack)
    project.is_gone(stack, project.api.orchestration.get_stack, within=120)
    assert [type(thing).__name__ for thing, _ in leftovers(project)] == ["Keypair"]


def test_stack_that_cannot_be_made_says_why(project: Project) -> None:
    template = {
        "heat_template_version": "2021-04-16",
        "resources": {"volume": {"type": "OS::Cinder::Volume", "properties": {"size": 100_000}}},
    }
    with pytest.raises(Broken, match="quota"):
        project.stack("too-large", template)

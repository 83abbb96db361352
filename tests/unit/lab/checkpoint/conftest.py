import pytest

from lab.holding import hold
from lab.labs import Lab, Phase, create_lab, find_lab
from lab.report import Report
from lab.up import bring_up
from tests.unit.lab.scenarios import MULTINODE
from tests.unit.lab.world import World


@pytest.fixture
def lab(world: World) -> Lab:
    """A lab that is ready; something was written in each machine, and its cloud tells that it is well."""
    with hold(create_lab(MULTINODE, "docker")) as held:
        bring_up(held, Report())
    world.write("saved")
    world.beat()
    ready = find_lab("multinode")
    assert ready.phase is Phase.READY
    return ready

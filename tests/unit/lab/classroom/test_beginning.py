"""What a lab was first is kept once, and had again as often as one likes."""

import pytest

from lab.checkpoint import forget
from lab.checkpoint.own_names import NEW_SEAT
from lab.classroom import beginning
from lab.errors import Refused
from lab.labs import Phase, create_lab
from lab.report import Report
from tests.unit.lab.scenarios import MULTINODE
from tests.unit.lab.world import World


def test_a_lab_is_had_again_until_that_is_forgotten(world: World) -> None:
    lab = create_lab(MULTINODE, "docker", "monday-seat1").save(phase=Phase.READY)
    world.write("first")
    beginning.keep(lab, Report())
    world.write("since")
    beginning.keep(lab, Report())
    beginning.have_again(lab, Report())
    assert set(world.written.values()) == {"first"}
    forget(lab, NEW_SEAT)
    mend = r"lab monday-seat1 has it no more; begin anew: dslab down monday-seat1, then dslab class up$"
    with pytest.raises(Refused, match=f"^checkpoint 'seat': {mend}"):
        beginning.have_again(lab, Report())

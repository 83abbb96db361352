"""A test that is repeated finds the lab as it was, each time."""

import pytest

from lab import repetition
from lab.errors import Refused
from lab.labs import Lab, Phase, create_lab
from lab.repetition import repeat
from tests.unit.lab.scenarios import MULTINODE
from tests.unit.lab.world import World


@pytest.fixture
def lab(world: World, monkeypatch: pytest.MonkeyPatch) -> Lab:
    """A lab in which every second run of pytest fails; each breaks something."""
    codes = iter([0, 1, 0, 1])

    def run_pytest(*arguments: str) -> int:
        assert set(world.written.values()) == {"whole"}
        world.write("broken")
        world.beat()
        world.scripts[str(len(world.scripts))] = " ".join(arguments)
        return next(codes)

    monkeypatch.setattr(repetition, "run_pytest", run_pytest)
    world.write("whole")
    return create_lab(MULTINODE, "docker").save(phase=Phase.READY)


def test_it_is_counted_and_the_lab_is_as_it_was(lab: Lab, world: World) -> None:
    told: list[str] = []
    assert repeat(lab, 4, ["tests/e2e", "-k", "volume"], told.append) == 2
    assert [line.partition(" after")[0] for line in told[:-1]] == [
        "1 of 4: passed",
        "2 of 4: failed, see reports/repeat/2",
        "3 of 4: passed",
        "4 of 4: failed, see reports/repeat/4",
    ]
    assert told[-1] == "2 of 4 failed (50%): 2, 4"
    assert world.scripts["1"] == ("--lab-reuse multinode --lab-evidence reports/repeat/2 tests/e2e -k volume")
    assert set(world.written.values()) == {"whole"}
    assert list((lab.directory / "checkpoints").iterdir()) == []


def test_what_pytest_does_not_take_is_refused_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = []

    def run_pytest(*arguments: str) -> int:
        ran.append(arguments)
        return 4

    monkeypatch.setattr(repetition, "run_pytest", run_pytest)
    with pytest.raises(Refused, match=r"^pytest 'tests/no-such --fast': it does not take that"):
        repeat(lab, 3, ["tests/no-such", "--fast"], print)
    assert len(ran) == 1
    assert list((lab.directory / "checkpoints").iterdir()) == []


def test_the_lab_is_as_it_was_also_after_an_interruption(
    lab: Lab, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_pytest(*_: str) -> int:
        world.write("broken")
        world.beat()
        raise KeyboardInterrupt

    monkeypatch.setattr(repetition, "run_pytest", run_pytest)
    with pytest.raises(KeyboardInterrupt):
        repeat(lab, 3, [], print)
    assert set(world.written.values()) == {"whole"}
    assert list((lab.directory / "checkpoints").iterdir()) == []


def test_what_a_killed_one_left_is_not_taken_for_the_beginning(lab: Lab) -> None:
    beginning = lab.directory / "checkpoints/repeat"
    beginning.mkdir(parents=True)
    with pytest.raises(Refused, match=r"^checkpoint 'repeat': a run that was killed left it: "):
        repeat(lab, 1, [], print)
    assert beginning.exists()

from functools import partial

import pytest

from lab.errors import LabError, Layer, Leaked, Overdue, ToldToEnd
from lab.leases import Leases


def test_later_things_go_first() -> None:
    gone: list[str] = []
    leases = Leases()
    for name in ("network", "subnet", "server"):
        leases.hold(name, partial(gone.append, name))
    leases.release_all()
    assert gone == ["server", "subnet", "network"]


def test_one_that_does_not_go_is_named_and_does_not_keep_the_others() -> None:
    gone: list[str] = []

    def refuse() -> None:
        raise RuntimeError("still in use")

    leases = Leases()
    leases.hold("network", lambda: gone.append("network"))
    leases.hold("volume", refuse)
    with pytest.raises(Leaked, match=r"volume \(still in use\)"):
        leases.release_all()
    assert gone == ["network"]


@pytest.mark.parametrize("error", [Overdue, ToldToEnd])
def test_the_end_of_time_is_no_lease_that_does_not_go(error: type[LabError]) -> None:
    gone: list[str] = []
    over = [error(Layer.SERVICE, "the test took longer than its 900 s in its teardown")]

    def hang() -> None:
        if over:
            raise over.pop()
        gone.append("server")

    leases = Leases()
    leases.hold("network", lambda: gone.append("network"))
    leases.hold("server", hang)
    with pytest.raises(error):
        leases.release_all()
    assert gone == []
    leases.release_all()
    assert gone == ["server", "network"]


def test_nothing_is_given_back_twice() -> None:
    gone: list[str] = []
    leases = Leases()
    leases.hold("server", lambda: gone.append("server"))
    leases.release_all()
    leases.release_all()
    assert gone == ["server"]

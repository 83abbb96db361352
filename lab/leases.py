"""Leases: who makes a thing says at once how it is given back; what does not go is called by its name."""

from collections.abc import Callable
from dataclasses import dataclass

from lab.errors import Layer, Leaked, Overdue, ToldToEnd


@dataclass(frozen=True)
class Lease:
    """One thing that was made and the way to give it back."""

    name: str
    release: Callable[[], object]


class Leases:
    """The things made so far; given back in the reverse order, because later ones stand on earlier ones."""

    def __init__(self) -> None:
        self._held: list[Lease] = []

    def hold(self, name: str, release: Callable[[], object]) -> None:
        """Remember that NAME exists until RELEASE has been called.

        RELEASE must be content with a thing that is already gone.
        """
        self._held.append(Lease(name, release))

    def release_all(self) -> None:
        """Give everything back, the last one first; one that does not go does not keep the others.

        Raises Leaked with the names of those that did not go, and why. When time is over meanwhile, that is
        raised at once; what has not gone by then is held on to.
        """
        failures = []
        while self._held:
            lease = self._held[-1]
            try:
                lease.release()
            except (Overdue, ToldToEnd):
                raise
            except Exception as error:  # noqa: BLE001  whatever it was, the others still have to go
                failures.append(f"{lease.name} ({error})")
            self._held.pop()
        if failures:
            raise Leaked(Layer.SERVICE, "could not be given back: " + "; ".join(failures))

"""One step of the way of a port, and what was seen there."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """Whether the way goes on. ODD: it does, but not as it should. UNKNOWN: that could not be seen."""

    GOOD = "good"
    ODD = "odd"
    UNKNOWN = "?"
    BAD = "BAD"


@dataclass(frozen=True)
class Hop:
    """A step on HOST, which is empty for what the API says.

    DEVICE is what was looked at, ASPECT what for, SHOWS what shows the VERDICT, MEND the command or the place
    that mends it or shows more.
    """

    host: str
    device: str
    aspect: str
    verdict: Verdict
    shows: str
    mend: str = ""

    def __str__(self) -> str:
        where = f"{self.device} on {self.host}" if self.host else self.device
        mend = f"; {self.mend}" if self.mend else ""
        return f"{where}: {self.aspect}: {self.shows}{mend}"


@dataclass(frozen=True)
class Spot:
    """A device on a host, where one aspect after the other is looked at."""

    host: str
    device: str

    def good(self, aspect: str, shows: object) -> Hop:
        """Return a step from which the way goes on."""
        return Hop(self.host, self.device, aspect, Verdict.GOOD, str(shows))

    def bad(self, aspect: str, shows: str, mend: str) -> Hop:
        """Return a step at which the way ends."""
        return Hop(self.host, self.device, aspect, Verdict.BAD, shows, self._at_host(mend))

    def odd(self, aspect: str, shows: str, mend: str) -> Hop:
        """Return a step from which the way goes on, but not as it should."""
        return Hop(self.host, self.device, aspect, Verdict.ODD, shows, self._at_host(mend))

    def unknown(self, aspect: str, shows: str) -> Hop:
        """Return a step that nothing can be said of."""
        return Hop(self.host, self.device, aspect, Verdict.UNKNOWN, shows)

    def _at_host(self, mend: str) -> str:
        return mend if not self.host or mend.startswith("openstack ") else f"on {self.host}: {mend}"


def closing_line(hops: Iterable[Hop]) -> str:
    """Say where the way ends and what mends that; or that it is whole."""
    hops = list(hops)
    for hop in hops:
        if hop.verdict is Verdict.BAD:
            return f"the way ends: {hop}"
    for hop in hops:
        if hop.verdict is Verdict.ODD:
            return f"the way is whole, but {hop}"
    return "the way is whole"


def is_whole(hops: Iterable[Hop]) -> bool:
    """Tell whether the way ends nowhere."""
    return all(hop.verdict is not Verdict.BAD for hop in hops)

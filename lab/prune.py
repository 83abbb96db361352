"""What dead labs left on the host, and its removal."""

from lab.provider.base import Leftover
from lab.report import Report


def leftovers() -> list[Leftover]:
    """All that stale labs and labs that are no more left behind, with every provider that works here."""
    raise NotImplementedError


def prune(report: Report) -> list[Leftover]:
    """Remove `leftovers()`; returns what was removed."""
    raise NotImplementedError

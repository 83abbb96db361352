"""The time that logs are cut to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil, floor


@dataclass(frozen=True)
class Window:
    """From START to END, both in seconds since 1970."""

    start: float
    end: float

    @property
    def since(self) -> int:
        """The first second."""
        return floor(self.start)

    @property
    def until(self) -> int:
        """The last second."""
        return ceil(self.end)

    @property
    def from_text(self) -> str:
        """The first second, UTC, as the services' logs write it."""
        return as_logged(self.since)

    @property
    def to_text(self) -> str:
        """The last second, UTC, as the services' logs write it."""
        return as_logged(self.until)


def as_logged(seconds: float) -> str:
    """SECONDS since 1970 as 2030-01-31 23:59:59, UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")

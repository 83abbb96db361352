"""A session that reads: a check changes nothing."""

from typing import Any

from keystoneauth1.session import Session
from requests import Response

READS = {"GET", "HEAD"}
TOKEN = "/auth/tokens"  # noqa: S105  where one asks for one
ALSO_READ = "os-getConsoleOutput"  # an action by its form


class Writes(Exception):
    """A check wants to change the cloud."""


class ReadOnlySession(Session):
    """Passes on what only asks, and raises Writes at everything else."""

    def request(self, url: str, method: str, json: Any = None, *arguments: Any, **options: Any) -> Response:
        """The answer to METHOD URL."""
        asks = method in READS or url.endswith(TOKEN) or ALSO_READ in (json or ())
        if not asks:
            raise Writes(f"a check reads, and this one wants to {method} {url}")
        return super().request(url, method, json, *arguments, **options)

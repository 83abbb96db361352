"""Nova's APIs in one process: that of servers, and on its own port what a server is told about itself."""

from collections.abc import Callable, Iterable
from typing import Any

from nova.wsgi import metadata, osapi_compute

METADATA_PORT = "8775"


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer by the port that was asked, which the server takes from its socket."""
    api = metadata if environ["SERVER_PORT"] == METADATA_PORT else osapi_compute
    return api.application(environ, start_response)

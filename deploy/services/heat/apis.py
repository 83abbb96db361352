"""Heat's APIs in one process: that of stacks, and on its own port the same as CloudFormation has it."""

from collections.abc import Callable, Iterable
from typing import Any

from heat.common.config import load_paste_app
from heat.wsgi import api

CLOUDFORMATION_PORT = "8000"

cloudformation = load_paste_app("heat-api-cfn")


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer by the port that was asked, which the server takes from its socket."""
    asked = cloudformation if environ["SERVER_PORT"] == CLOUDFORMATION_PORT else api.application
    return asked(environ, start_response)

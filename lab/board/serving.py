"""The board on a port of this host, until it is ended."""

import socket
from collections.abc import Callable
from contextlib import suppress

import uvicorn
from starlette.applications import Starlette

from lab.board.app import create_app
from lab.classroom.classes import Classroom
from lab.classroom.making import take_its_time
from lab.errors import Refused

SECONDS_TO_FINISH = 1  # pages that listen to what is new would never end


def serve(classroom: Classroom, address: str, listens: Callable[[], None]) -> None:
    """Serve the board of CLASSROOM on ADDRESS until Ctrl-C; LISTENS is called once browsers can ask.

    Refused when its port is taken there.
    """
    port = classroom.plan.board.port
    try:
        listening = socket.create_server((address, port))
    except OSError as error:
        mend = f"{error.strerror}; end what has it, or set board.port in the file of the class"
        raise Refused("board", f"{address}:{port}", mend) from None
    take_its_time(classroom)
    with listening, suppress(KeyboardInterrupt):  # which is its way to end
        listens()
        server_of(create_app(classroom.name)).run(sockets=[listening])


def server_of(app: Starlette) -> uvicorn.Server:
    """What serves APP; it keeps no log of what is asked for, since links have tokens in them."""
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=SECONDS_TO_FINISH
    )
    return uvicorn.Server(config)

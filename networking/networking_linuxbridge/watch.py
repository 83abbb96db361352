"""Notice what happens around the agent: devices that come and go, a message broker that goes."""

import errno
import logging
import socket
import threading
from collections.abc import Callable

_RTMGRP_LINK = 1
_BUFFER = 65536
_BROKER_LOG = "oslo_messaging._drivers.impl_rabbit"


def links(noticed: Callable[[], object]) -> None:
    """Call NOTICED after every change of a device, from a thread that ends with the process."""
    news = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    news.bind((0, _RTMGRP_LINK))
    threading.Thread(target=_follow, args=(news, noticed), name="link-watch", daemon=True).start()


def _follow(news: socket.socket, noticed: Callable[[], object]) -> None:
    while True:
        try:
            news.recv(_BUFFER)
        except OSError as error:
            # More news than the kernel kept: that something changed is all there is to know.
            if error.errno != errno.ENOBUFS:
                raise
        noticed()


def broker(lost: Callable[[], object]) -> None:
    """Call LOST when the connection to the message broker broke.

    oslo.messaging mends connections silently and tells of it in its log only; what was announced in the
    meantime is gone.
    """
    logging.getLogger(_BROKER_LOG).addHandler(_ErrorNotice(lost))


class _ErrorNotice(logging.Handler):
    def __init__(self, noticed: Callable[[], object]) -> None:
        super().__init__(logging.ERROR)
        self._noticed = noticed

    def emit(self, record: logging.LogRecord) -> None:  # noqa: ARG002  that there is one says it all
        self._noticed()

"""Notice at once that a device came, went or changed."""

import errno
import socket
import threading
from collections.abc import Callable

_RTMGRP_LINK = 1
_BUFFER = 65536


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

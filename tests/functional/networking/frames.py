"""Send frames made by hand from one server, and see which of them another gets."""

import select
import socket
import time
from collections.abc import Iterable

from hosts import Namespace
from pyroute2 import netns
from scapy.packet import Packet

_EVERYTHING = 3  # ETH_P_ALL
_SOL_PACKET, _PACKET_IGNORE_OUTGOING = 263, 23
_SO_RCVBUFFORCE = 33
_BUFFER = 16 << 20  # for all that nobody reads while another wire is listened to
_LARGEST = 65536


def wire(server: Namespace) -> socket.socket:
    """Open the device of a server: for what it gets, and to send frames of any kind."""
    opened: socket.socket = netns.create_socket(
        server.name, socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_EVERYTHING)
    )
    opened.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
    opened.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
    opened.bind(("eth0", _EVERYTHING))
    return opened


def send(opened: socket.socket, frames: Iterable[Packet]) -> None:
    """Send frames just as they are."""
    for frame in frames:
        opened.send(bytes(frame))


def received(opened: socket.socket, last: bytes, seconds: float = 5) -> list[bytes]:
    """Return the frames that arrive up to one that contains LAST; fail if that does not come."""
    arrived: list[bytes] = []
    deadline = time.monotonic() + seconds
    while not (arrived and last in arrived[-1]):
        left = max(0.0, deadline - time.monotonic())
        assert select.select([opened], [], [], left)[0], f"not within {seconds} s: a frame with {last!r}"
        arrived.append(opened.recv(_LARGEST))
    return arrived

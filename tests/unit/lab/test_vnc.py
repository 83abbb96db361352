import struct

import pytest

from lab.errors import Broken
from lab.vnc import Screen, Stream, greet, websocket_of

SERVER_INIT = struct.pack(">HH16xI", 720, 400, 4) + b"QEMU"


class Socket:
    """A WebSocket that says what it was told to, in pieces of its own choice."""

    def __init__(self, *messages: bytes) -> None:
        self._messages = list(messages)
        self.sent: list[bytes] = []

    def recv(self, timeout: float) -> bytes:
        if not self._messages:
            raise TimeoutError(timeout)
        return self._messages.pop(0)

    def send(self, message: bytes) -> None:
        self.sent.append(message)


def test_handshake_ends_with_the_screen() -> None:
    socket = Socket(b"RFB 003.0", b"08\n\x01", b"\x01\0\0\0\0", SERVER_INIT[:5], SERVER_INIT[5:])
    assert greet(Stream(socket, 1)) == Screen(720, 400, "QEMU")
    assert socket.sent == [b"RFB 003.008\n", b"\x01", b"\x01"]


def test_something_else_than_vnc_is_told() -> None:
    with pytest.raises(Broken, match="instead of an RFB version"):
        greet(Stream(Socket(b"HTTP/1.1 404\r\n"), 1))


def test_refusal_is_quoted() -> None:
    socket = Socket(b"RFB 003.008\n", b"\x01\x01", struct.pack(">II", 1, 4) + b"busy")
    with pytest.raises(Broken, match="the console refused: busy"):
        greet(Stream(socket, 1))


def test_page_of_the_console_tells_the_websocket() -> None:
    assert websocket_of("http://192.0.2.1:6080/vnc_auto.html?path=%3Ftoken%3Dabc") == (
        "ws://192.0.2.1:6080/?token=abc",
        "http://192.0.2.1:6080",
    )

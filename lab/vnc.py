"""A server's graphical console, spoken to as noVNC does: RFB in a WebSocket through Nova's proxy."""

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from lab.deadline import Deadline
from lab.errors import Broken, Layer

VERSION = b"RFB 003.008\n"
NO_AUTHENTICATION = 1
SHARED = b"\x01"


@dataclass(frozen=True)
class Screen:
    """What the console offers."""

    width: int
    height: int
    name: str


class Messages(Protocol):
    """What Stream needs of a WebSocket."""

    def recv(self, timeout: float) -> bytes | str: ...  # noqa: D102
    def send(self, message: bytes) -> None: ...  # noqa: D102


class Stream:
    """The bytes that arrive in WebSocket messages, read without regard to where one message ends."""

    def __init__(self, socket: Messages, within: float) -> None:
        self._socket = socket
        self._within = within
        self._buffer = b""

    def read(self, size: int) -> bytes:
        """The next SIZE bytes; TimeoutError when they do not come."""
        while len(self._buffer) < size:
            message = self._socket.recv(timeout=self._within)
            self._buffer += message if isinstance(message, bytes) else message.encode()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def read_number(self, size: int) -> int:
        """The next SIZE bytes as a number."""
        return int.from_bytes(self.read(size), "big")

    def write(self, content: bytes) -> None:
        """Send CONTENT."""
        self._socket.send(content)


def open_screen(console_url: str, within: float = 20) -> Screen:
    """Connect to the console at the URL that Nova gave out, up to the first look at its screen.

    Raises Broken where the proxy or QEMU behind it refuses.
    """
    address, origin = websocket_of(console_url)
    binary = [Subprotocol("binary")]
    seconds = Deadline(within).seconds
    try:
        with connect(address, origin=Origin(origin), subprotocols=binary, open_timeout=seconds) as socket:
            return greet(Stream(socket, seconds))
    except WebSocketException as error:
        raise Broken(Layer.SERVICE, f"the console proxy hung up: {error}") from error


def websocket_of(console_url: str) -> tuple[str, str]:
    """The WebSocket address and the origin that belong to noVNC's page CONSOLE_URL."""
    page = urlsplit(console_url)
    path = parse_qs(page.query)["path"][0]
    return f"ws://{page.netloc}/{path.lstrip('/')}", f"{page.scheme}://{page.netloc}"


def greet(stream: Stream) -> Screen:
    """Go through RFB's handshake."""
    version = stream.read(len(VERSION))
    if not version.startswith(b"RFB "):
        raise Broken(Layer.SERVICE, f"the console said {version!r} instead of an RFB version")
    stream.write(VERSION)
    offered = stream.read(stream.read_number(1))
    if NO_AUTHENTICATION not in offered:
        raise Broken(Layer.SERVICE, f"the console proxy asks for authentication {list(offered)}")
    stream.write(bytes([NO_AUTHENTICATION]))
    if stream.read_number(4) != 0:
        raise Broken(Layer.SERVICE, "the console refused: " + stream.read(stream.read_number(4)).decode())
    stream.write(SHARED)
    width, height = stream.read_number(2), stream.read_number(2)
    stream.read(16)  # the pixel format
    return Screen(width, height, stream.read(stream.read_number(4)).decode())

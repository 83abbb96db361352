"""How fast one server sends to another: `receive PORT` waits for one sender and prints bytes and seconds.

The sender is `send ADDRESS PORT SECONDS`. Both print at last what they took of the processor, in
seconds, and move a megabyte by each call: the network is what takes time.
"""

import socket
import sys
import time

CHUNK = 2**20


def receive(port: int) -> None:
    """Print the rate of what one sender sends."""
    with socket.create_server(("", port)) as listener:
        print("ready", flush=True)  # noqa: T201
        sender, _ = listener.accept()
        into = bytearray(CHUNK)
        got = sender.recv_into(into)
        began, received = time.monotonic(), 0
        while got := sender.recv_into(into):
            received += got
        print(received, time.monotonic() - began)  # noqa: T201


def send(address: str, port: int, seconds: float) -> None:
    """Send for some time."""
    with socket.create_connection((address, port), timeout=10) as receiver:
        receiver.settimeout(None)
        chunk, end = bytes(CHUNK), time.monotonic() + seconds
        while time.monotonic() < end:
            receiver.sendall(chunk)


if __name__ == "__main__":
    if sys.argv[1] == "receive":
        receive(int(sys.argv[2]))
    else:
        send(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]))
    print(time.process_time())  # noqa: T201

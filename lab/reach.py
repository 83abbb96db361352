"""What of the cloud can be reached from this machine."""

import socket
import subprocess
from collections.abc import Callable

from lab.deadline import Deadline, NotYet
from lab.errors import Layer


def answers_ping(address: str, size: int = 56) -> bool:
    """Whether ADDRESS answers one ping with SIZE bytes of data within a second."""
    command = ["ping", "-n", "-c", "1", "-W", "1", "-s", str(size), address]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def takes_connections(address: str, port: int) -> bool:
    """Whether a TCP connection to PORT of ADDRESS comes about within a second."""
    try:
        socket.create_connection((address, port), timeout=1).close()
    except OSError:
        return False
    return True


def wait_for_ping(address: str, within: float = 60) -> None:
    """Wait until ADDRESS answers a ping."""
    wait_until(lambda: answers_ping(address), f"an answer to a ping of {address}", within)


def wait_for_silence(address: str, within: float = 60) -> None:
    """Wait until ADDRESS answers pings no more."""
    wait_until(lambda: not answers_ping(address), f"silence of {address}", within)


def wait_for_open_port(address: str, port: int, within: float = 60) -> None:
    """Wait until PORT of ADDRESS takes a TCP connection."""
    wait_until(lambda: takes_connections(address, port), f"port {port} of {address} open", within)


def wait_for_closed_port(address: str, port: int, within: float = 60) -> None:
    """Wait until PORT of ADDRESS takes TCP connections no more."""
    wait_until(lambda: not takes_connections(address, port), f"port {port} of {address} closed", within)


def wait_until(condition: Callable[[], bool], what: str, within: float) -> None:
    """Wait until CONDITION, which is WHAT, holds."""

    def attempt() -> None:
        if not condition():
            raise NotYet("it is not so")

    Deadline(within).until(Layer.NETWORK, what, attempt)

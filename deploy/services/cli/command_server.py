"""Runs `openstack` commands without the seconds that importing the client costs each time.

The client is imported once; for each command a connection brings arguments, environment, working
directory and the three standard streams of the caller, and a fork of this process runs it there.
The answer is one byte, the exit status. Only root can connect.
"""

import array
import fcntl
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import types
from pathlib import Path

SOCKET = Path("/run/dietstack/openstack.sock")
STREAMS = 3
REQUEST_BYTES = 1 << 20
INTERRUPTED = 130
PRELOADED = ("common", "compute", "identity", "image", "network", "volume")


def preload() -> types.ModuleType:
    """Imports the client with the commands of the services that there are."""
    sys.argv[0] = "openstack"  # the client calls itself, in messages, as the program that imports it
    shell = importlib.import_module("openstackclient.shell")
    importlib.import_module("openstack.connection")
    for area in PRELOADED:
        package = importlib.import_module(f"openstackclient.{area}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return shell


def receive(connection: socket.socket) -> tuple[dict[str, object], list[int]]:
    """One request and the caller's streams."""
    streams = array.array("i")
    data, ancillary, _flags, _address = connection.recvmsg(
        REQUEST_BYTES, socket.CMSG_SPACE(STREAMS * streams.itemsize)
    )
    for _level, _type, descriptors in ancillary:
        streams.frombytes(descriptors)
    while not data.endswith(b"\n"):
        more = connection.recv(REQUEST_BYTES)
        if not more:
            raise ConnectionError("the request ended early")
        data += more
    return json.loads(data), list(streams)


def serve(connection: socket.socket, shell: types.ModuleType) -> None:
    """In the child: runs the command in the caller's place and answers with its exit status."""
    request, streams = receive(connection)
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
        os.close(stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    end_with_the_caller(connection)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["directory"])
    sys.argv = ["openstack", *request["arguments"]]
    connection.send(bytes([run(shell)]))


def end_with_the_caller(connection: socket.socket) -> None:
    """A caller that goes away (Ctrl-C) closes the connection, which interrupts this process."""
    signal.signal(signal.SIGIO, lambda _number, _frame: os._exit(INTERRUPTED))
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETFL, fcntl.fcntl(connection, fcntl.F_GETFL) | os.O_ASYNC)


def run(shell: types.ModuleType) -> int:
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    try:
        status = shell.main(sys.argv[1:])
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    sys.stdout.flush()
    sys.stderr.flush()
    return int(status or 0) & 0xFF


def main() -> None:
    shell = preload()
    os.umask(0o077)  # what commands write may be private keys
    SOCKET.parent.mkdir(mode=0o700, exist_ok=True)
    SOCKET.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(SOCKET))
    SOCKET.chmod(0o600)
    listener.listen()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _address = listener.accept()
        if os.fork() == 0:
            listener.close()
            try:
                serve(connection, shell)
            finally:
                os._exit(0)
        connection.close()


if __name__ == "__main__":
    main()

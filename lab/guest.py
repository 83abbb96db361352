"""A server from within: commands over ssh, files, disks."""

import io
import shlex
from collections.abc import Callable
from dataclasses import dataclass

import paramiko

from lab.deadline import Deadline, NotYet
from lab.diagnosis import Finding
from lab.errors import LabError, Layer, TooLate
from lab.keys import KeyPair

SSH_IS_NOT_UP = (OSError, EOFError, paramiko.SSHException)


class CommandFailed(LabError):
    """A command in a guest returned something else than 0."""


@dataclass(frozen=True)
class Result:
    """What a command in a guest returned and printed."""

    status: int
    stdout: str
    stderr: str


class Guest:
    """The operating system in a server, reached over ssh at ADDRESS, or THROUGH another guest."""

    def __init__(
        self,
        address: str,
        key: KeyPair,
        user: str = "dietguest",
        through: "Guest | None" = None,
        explain: Callable[[], Finding] | None = None,
    ) -> None:
        self.address = address
        self._key = key
        self._user = user
        self._through = through
        self._explain = explain
        self._client: paramiko.SSHClient | None = None

    def connect(self, within: float = 90) -> "Guest":
        """Open the ssh session anew and return this guest; needed again after a reboot.

        A refused key ends the wait only with its time: a guest may answer before it has got its key. What the
        guest's console says then decides which layer TooLate names.
        """
        __tracebackhide__ = True
        self.close()
        try:
            self._client = Deadline(within).until(Layer.GUEST, f"ssh to {self.address}", self._try_to_connect)
        except TooLate as error:
            if self._explain is None:
                raise
            finding = self._explain()
            raise TooLate(finding.layer, f"{finding.reason} ({error})") from None
        return self

    def _try_to_connect(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507  a fresh server has a fresh key
        try:
            client.connect(
                self.address,
                username=self._user,
                pkey=paramiko.Ed25519Key.from_private_key(io.StringIO(self._key.private)),
                sock=self._tunnel(),
                timeout=5,
                banner_timeout=Deadline(20).seconds,
                auth_timeout=Deadline(20).seconds,
                allow_agent=False,
                look_for_keys=False,
            )
        except SSH_IS_NOT_UP as error:
            client.close()
            raise NotYet(f"{type(error).__name__} {error}".strip()) from None
        return client

    def _tunnel(self) -> paramiko.Channel | None:
        if self._through is None:
            return None
        transport = self._through.session().get_transport()
        if transport is None:
            raise NotYet(f"no session to {self._through.address}")
        return transport.open_channel("direct-tcpip", (self.address, 22), ("127.0.0.1", 0), timeout=5)

    def session(self) -> paramiko.SSHClient:
        """The open ssh session, opened if there is none or the guest has ended it."""
        transport = self._client.get_transport() if self._client else None
        if transport is None or not transport.is_active():
            self.connect()
        assert self._client is not None  # noqa: S101  connect() raises otherwise
        return self._client

    def close(self) -> None:
        """End the ssh session."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def result(self, command: str, stdin: bytes = b"", within: float = 60) -> Result:
        """What the shell COMMAND, fed with STDIN, returned; OSError when it is silent for WITHIN seconds."""
        source, out, err = self.session().exec_command(command, timeout=Deadline(within).seconds)
        source.write(stdin)
        source.channel.shutdown_write()
        stdout, stderr = out.read().decode(), err.read().decode()
        return Result(out.channel.recv_exit_status(), stdout, stderr)

    def run(self, command: str, stdin: bytes = b"", within: float = 60) -> str:
        """The standard output, stripped, of the shell COMMAND; CommandFailed unless it returned 0."""
        __tracebackhide__ = True
        result = self.result(command, stdin, within)
        if result.status != 0:
            message = (
                f"{command!r} in {self.address} returned {result.status}: {result.stdout}{result.stderr}"
            )
            raise CommandFailed(Layer.GUEST, message.strip())
        return result.stdout.strip()

    def succeeds(self, command: str, within: float = 60) -> bool:
        """Whether the shell COMMAND returns 0."""
        return self.result(command, within=within).status == 0

    def put(self, path: str, content: bytes) -> None:
        """Write CONTENT to the file PATH."""
        self.run(f"cat > {shlex.quote(path)}", stdin=content)

    def disk(self, volume_id: str, within: float = 30) -> str:
        """The device of the attached volume, found by the serial number that Nova gives it."""

        def look() -> str:
            found = self.result(f"grep -l '^{volume_id[:20]}' /sys/block/vd*/serial").stdout.split("/")
            if len(found) < 4:
                raise NotYet(f"disks are {self.run('ls /sys/block')}")
            return f"/dev/{found[3]}"

        return Deadline(within).until(Layer.GUEST, f"disk of volume {volume_id} in {self.address}", look)

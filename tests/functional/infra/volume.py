"""The export of the NFS server, mounted as cinder and nova do, and a file in it that is being written."""

import hashlib
import os
import threading
import time
from pathlib import Path

from tests.functional.infra.services import Container, Services, wait_for

OPTIONS = "vers=3,nolock,proto=tcp,port=2049,mountport=20048,hard"
BLOCK_BYTES = 1 << 16
BLOCKS_BETWEEN_SYNCS = 16


def mount_volumes(services: Services, user: Container, name: str) -> Path:
    """The directory, seen by all of the host, in which USER has mounted the export."""
    directory = services.state / "mnt" / name
    user.run("mkdir", "-p", str(directory))
    export = f"127.0.0.1:{services.state}/volumes"
    user.run("mount", "-t", "nfs", "-o", OPTIONS, export, str(directory))
    return directory


class Writer(threading.Thread):
    """Appends random blocks to FILE, past the page cache's delays, until it is told to finish."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.blocks = 0
        self._digest = hashlib.sha256()
        self._file = file
        self._finish = threading.Event()

    def run(self) -> None:
        with self._file.open("wb", buffering=0) as file:
            while not self._finish.is_set():
                block = os.urandom(BLOCK_BYTES)
                assert file.write(block) == BLOCK_BYTES
                self._digest.update(block)
                self.blocks += 1
                if self.blocks % BLOCKS_BETWEEN_SYNCS == 0:
                    os.fsync(file.fileno())

    def await_progress(self) -> None:
        """Return when a hundred blocks more have been written."""
        enough = self.blocks + 100
        wait_for("the file grows", lambda: self.blocks >= enough)

    def await_stall(self, seconds: float) -> None:
        """Return when nothing could be written for SECONDS."""

        def nothing_is_written() -> bool:
            before = self.blocks
            time.sleep(seconds)
            return self.blocks == before

        wait_for("nothing is written", nothing_is_written)

    def finish(self) -> str:
        """The SHA-256 of everything that was written."""
        self._finish.set()
        self.join()
        return self._digest.hexdigest()


def sha256_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

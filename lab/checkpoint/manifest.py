"""What a checkpoint says of itself: of which lab it is, what it fits, and what its files are like."""

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from ipaddress import IPv4Network
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from lab.paths import release
from lab.scenario import Scenario

FILE = "manifest.json"
FORMAT = 2


def version() -> str:
    """The version of checkpoints that this release writes, and the only one that it reads."""
    return f"{release()}/{FORMAT}"


class Part(BaseModel):
    """The release alone, which is read before anything else is believed."""

    version: str


class SavedFile(BaseModel):
    """A file of a checkpoint: its bytes and their checksum, which is empty if the user may not read it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int
    sha256: str


class Manifest(BaseModel):
    """All that stands beside the files of a checkpoint."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: str
    name: str
    lab: str
    scenario: Scenario
    provider: str
    ds: IPv4Network
    external: IPv4Network
    created: datetime
    made_of: str  # the images that its machines stand on
    slowness: float
    stage: str  # of the scenario, the last one that the lab had completed
    identities: dict[str, str]  # of machines, by their names
    parts: tuple[str, ...]  # of the cloud, those that were up
    files: dict[str, SavedFile]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files.values())


def describe(folder: Path, *besides: str) -> dict[str, SavedFile]:
    """The files in FOLDER, those BESIDES which there are others apart, each on the disk by now."""
    files = sorted(file for file in folder.iterdir() if file.name not in {FILE, *besides})
    with ThreadPoolExecutor(max_workers=len(files) or 1) as pool:
        return dict(zip((file.name for file in files), pool.map(describe_file, files), strict=True))


def describe_file(path: Path) -> SavedFile:
    """The file at PATH, which is on the disk by now."""
    if not os.access(path, os.R_OK):  # a memory that libvirt has written is root's
        return SavedFile(size=path.stat().st_size, sha256="")
    with path.open("rb") as file:
        os.fsync(file.fileno())
        return SavedFile(size=path.stat().st_size, sha256=hashlib.file_digest(file, "sha256").hexdigest())


def damage_of(folder: Path, manifest: Manifest, *, thorough: bool) -> str:
    """What is wrong with the files in FOLDER that MANIFEST names; empty if nothing is.

    Only a THOROUGH look reads them.
    """
    for name, file in manifest.files.items():
        if not (folder / name).is_file():
            return f"{name} is missing"
        if (folder / name).stat().st_size != file.size:
            return f"{name} has not its {file.size} bytes"
    if thorough:
        for name, found in describe(folder).items():
            if name in manifest.files and found != manifest.files[name]:
                return f"{name} is not what was written"
    return ""

"""What the host itself has of a lab and has to fit its machines: keys, the way into the cloud, its seats.

What is remembered at the seats of a class is in the class, and no part of this: what was passed stays so.
"""

import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

from lab.labs import Lab
from lab.private import flush, write_private
from lab.vagrant import Vagrant

SEATS = "seats.tar"


def own_files(lab: Lab) -> Iterator[tuple[str, Path]]:
    """These files of LAB, whether they are there or not, each with its name in a checkpoint."""
    yield lab.clouds_yaml.name, lab.clouds_yaml
    for name in lab.scenario.machines:
        yield f"{name}.key", Vagrant(lab, lab.provider).key_of(name)


def keep_own_files(lab: Lab, folder: Path) -> None:
    """Copy those of LAB to FOLDER, and to the disk."""
    for name, file in own_files(lab):
        if file.exists():
            write_private(folder / name, file.read_bytes())
    if lab.seats.exists():
        with tarfile.open(folder / SEATS, "w") as packed:
            packed.add(lab.seats, arcname=".")
        flush(folder / SEATS)


def bring_own_files(lab: Lab, folder: Path) -> None:
    """Copy those in FOLDER to where LAB has them; its seats are those in there, or none."""
    for name, file in own_files(lab):
        if (folder / name).exists():
            write_private(file, (folder / name).read_bytes())
    if lab.seats.exists():
        shutil.rmtree(lab.seats)
    if (folder / SEATS).exists():
        with tarfile.open(folder / SEATS) as packed:
            packed.extraction_filter = lambda member, _place: member  # they are the user's own
            packed.extractall(lab.seats)  # noqa: S202
        for path in (lab.seats, *lab.seats.rglob("*")):
            if path.is_file() or path.is_dir():
                flush(path)

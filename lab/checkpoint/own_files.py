"""What the host itself has of a lab and has to fit its machines: their keys, and the way into the cloud."""

from collections.abc import Iterator
from pathlib import Path

from lab.labs import Lab
from lab.private import write_private
from lab.vagrant import Vagrant


def own_files(lab: Lab) -> Iterator[tuple[str, Path]]:
    """These files of LAB, whether they are there or not, each with its name in a checkpoint."""
    yield lab.clouds_yaml.name, lab.clouds_yaml
    for name in lab.scenario.machines:
        yield f"{name}.key", Vagrant(lab, lab.provider).key_of(name)


def keep_own_files(lab: Lab, folder: Path) -> None:
    """Copy those of LAB to FOLDER."""
    for name, file in own_files(lab):
        if file.exists():
            write_private(folder / name, file.read_bytes())


def bring_own_files(lab: Lab, folder: Path) -> None:
    """Copy those in FOLDER to where LAB has them."""
    for name, file in own_files(lab):
        if (folder / name).exists():
            write_private(file, (folder / name).read_bytes())

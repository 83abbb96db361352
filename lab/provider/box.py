"""What Vagrant and libvirt keep of the box: copies, and the disk on which those of machines stand."""

import json
import re
import shutil
from pathlib import Path

from lab.paths import ROOT
from lab.provider.virsh import backing_file, backing_files, remove_volume, size_of, volumes
from lab.vagrant import boxes_of_user

BOX = "dietstack-VAGRANTSLASH-machine"  # what Vagrant makes of dietstack/machine in names of files


def version_of_box() -> str:
    """The version of the box that machines are made of now; empty if there is none."""
    catalogue = ROOT / "build/box/machine.json"
    return str(json.loads(catalogue.read_text())["versions"][0]["version"]) if catalogue.is_file() else ""


def remove_useless_boxes(catalogue: Path) -> None:
    """Remove what is kept of boxes older than that of CATALOGUE, and a disk that was uploaded in part.

    A disk on which others stand stays. Vagrant removes none of it. The caller sees to it that no other
    process is at work with boxes.
    """
    copies = boxes_of_user() / BOX
    current = json.loads(catalogue.read_text())["versions"][0]["version"]
    for copy in copies.glob("[0-9]*"):
        if copy.name != current:
            shutil.rmtree(copy)
    for disk, version in disks_of_boxes().items():
        useless = version != current or is_torn(disk, copies / version)
        if useless and not is_used(disk):
            remove_volume(disk)


def disks_of_boxes() -> dict[str, str]:
    """The versions of the boxes whose disks libvirt has, by the names of these."""
    return {name: version for name in volumes() if (version := version_of_disk(name))}


def version_beneath(disk: str) -> str:
    """The version of the box on which the DISK of a machine stands; empty if that cannot be told."""
    return next((version_of_disk(Path(file).name) for file in backing_file(disk)), "")


def version_of_disk(name: str) -> str:
    """The version of the box whose disk is called NAME; empty if it is no box's."""
    found = re.fullmatch(rf"{BOX}_vagrant_box_image_(.+)_box\.img", name)
    return found.group(1) if found else ""


def is_torn(disk: str, copy: Path) -> bool:
    """Whether less than all of the image in the COPY of the box has come to DISK."""
    return any(image.stat().st_size != size_of(disk) for image in copy.rglob("box.img"))


def is_used(disk: str) -> bool:
    """Whether other disks stand on DISK."""
    return any(file.endswith(f"/{disk}") for file in backing_files())

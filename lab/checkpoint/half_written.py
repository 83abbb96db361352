"""Checkpoints that killed processes left half written."""

from functools import partial
from pathlib import Path

from lab.checkpoint.kept import UNFINISHED, is_being_written, remove
from lab.checkpoint.restoring import recover
from lab.holding import hold
from lab.labs import find_lab, labs_directory
from lab.provider.base import Belonging
from lab.stages import stages_directory


def half_written() -> list[Belonging]:
    """Those of labs, and of stages that are kept for new ones."""
    of_labs = labs_directory().glob(f"*/checkpoints/*{UNFINISHED}")
    of_stages = stages_directory().glob(f"*{UNFINISHED}")
    found = [
        *((folder, folder.parents[1], remove_with_what_it_left) for folder in of_labs),
        *((folder, folder.parent, remove) for folder in of_stages),
    ]
    return [
        Belonging("half-written checkpoint", folder.name.removesuffix(UNFINISHED), lab, partial(how, folder))
        for folder, lab, how in sorted(found, key=lambda one: one[0])
        if not is_being_written(folder)
    ]


def remove_with_what_it_left(folder: Path) -> None:
    """Remove FOLDER, and let the machines of its lab go on if they stand still since.

    Refused while somebody is at work with the lab.
    """
    with hold(find_lab(folder.parents[1].name)) as lab:
        recover(lab)
        remove(folder)

"""The checkpoints that there are: those of a lab are in its directory, and go with it."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lab.checkpoint.manifest import FILE, Manifest, Part, damage_of, version
from lab.errors import Refused
from lab.filelock import holder_of, locked
from lab.labs import NAME, Lab
from lab.private import flush

WRITER = "writer.lock"  # in such a folder, while its writer lives
UNFINISHED = (
    ".unfinished"  # ends the name of a folder that is being written, or was when its writer was killed
)


@dataclass(frozen=True)
class Checkpoint:
    """What FOLDER has: MANIFEST says of it."""

    folder: Path
    manifest: Manifest

    def refuse_damaged(self, *, thorough: bool) -> None:
        """Raise Refused if a file is missing or not as it was written; a THOROUGH look reads them."""
        if damage := damage_of(self.folder, self.manifest, thorough=thorough):
            raise refusal(self.folder, f"it is damaged, {damage}")


def read_checkpoint(folder: Path) -> Checkpoint:
    """The checkpoint in FOLDER; Refused if it is of another version, or one sees that it is damaged."""
    try:
        text = (folder / FILE).read_text()
        found = Part.model_validate_json(text).version
        if found != version():
            raise refusal(folder, f"it is of version {found}, and {version()} is read here")
        checkpoint = Checkpoint(folder, Manifest.model_validate_json(text))
    except FileNotFoundError:
        raise refusal(folder, f"it is damaged, {FILE} is missing") from None
    except ValueError:  # no UTF-8, or no manifest
        raise refusal(folder, f"it is damaged, {FILE} says nothing") from None
    checkpoint.refuse_damaged(thorough=False)
    return checkpoint


def refusal(folder: Path, why: str) -> Refused:
    """The refusal of the checkpoint in FOLDER."""
    return Refused("checkpoint", folder.name, f"{why}; remove it: dslab forget {folder.name}")


def folder_of(lab: Lab, name: str) -> Path:
    """Where the checkpoint NAME of LAB is, or would be; Refused for what cannot be a name."""
    if not re.fullmatch(NAME, name):
        raise Refused("checkpoint", name, "begin with a letter; then up to 29 letters a-z, digits and -")
    return lab.directory / "checkpoints" / name


def folders_of(lab: Lab) -> list[Path]:
    """Where the checkpoints of LAB are, by their names."""
    return sorted(
        folder for folder in (lab.directory / "checkpoints").glob("*") if not folder.name.endswith(UNFINISHED)
    )


def checkpoints_of(lab: Lab) -> Iterator[Checkpoint | Refused]:
    """The checkpoints of LAB by name, and what to say of those that cannot be used."""
    for folder in folders_of(lab):
        try:
            yield read_checkpoint(folder)
        except Refused as refused:
            yield refused


def find_checkpoint(lab: Lab, name: str) -> Checkpoint:
    """The checkpoint NAME of LAB; Refused when there is none, or it cannot be used."""
    return read_checkpoint(there(lab, name))


def forget(lab: Lab, name: str) -> None:
    """Remove the checkpoint NAME of LAB, damaged or not; Refused when there is none."""
    remove(there(lab, name))


def there(lab: Lab, name: str) -> Path:
    """Where the checkpoint NAME of LAB is; Refused when there is none."""
    folder = folder_of(lab, name)
    if not folder.is_dir():
        names = ", ".join(one.name for one in folders_of(lab)) or "none"
        raise Refused(
            "checkpoint",
            name,
            f"lab {lab.name} has none of this name; there are: {names}; dslab save makes one",
        )
    return folder


def remove(folder: Path) -> None:
    """Remove the checkpoint in FOLDER; who is killed meanwhile leaves what prune finds."""
    gone = folder.with_name(folder.name.removesuffix(UNFINISHED) + UNFINISHED)
    if gone != folder:
        folder.replace(gone)
    shutil.rmtree(gone)


@contextmanager
def being_written(folder: Path) -> Iterator[Path]:
    """A new folder to write into: FOLDER, and on the disk, when the block ends well, else removed."""
    new = folder.with_name(folder.name + UNFINISHED)
    if new.exists():
        remove(new)
    new.mkdir(parents=True, mode=0o700)
    try:
        with locked(new / WRITER):
            yield new
            (new / WRITER).unlink()
            flush(new)
    except BaseException:
        remove(new)
        raise
    new.replace(folder)
    flush(folder.parent)


def is_being_written(folder: Path) -> bool:
    """Whether somebody writes FOLDER, an unfinished one, now."""
    return holder_of(folder / WRITER) is not None

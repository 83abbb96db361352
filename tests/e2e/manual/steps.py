"""What the manual has one type, and where."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.unit.docs.markdown import Document
from tests.unit.docs.repository import ROOT


@dataclass(frozen=True)
class Step:
    """A COMMAND and the PLACE to type it, in the manual's words: `on the control node, once`."""

    place: str
    command: str


def steps_of(document: str, heading: str) -> list[Step]:
    """The steps of the section HEADING of DOCUMENT; ValueError for a command without a place."""
    blocks = Document(ROOT / document).blocks_below(heading)
    return [step for block in blocks if block.language == "sh" for step in steps_in(block.text, document)]


def steps_in(text: str, document: str) -> Iterator[Step]:
    """The steps of the block TEXT: a comment says the place of all commands below it."""
    place = ""
    for line in text.replace("\\\n", " ").splitlines():
        if line.startswith("# "):
            place = line.removeprefix("# ")
        elif line.strip():
            if not place:
                raise ValueError(f"{document} does not say where to type: {line}")
            yield Step(place, " ".join(line.split()))

"""What a test has to know of a Markdown file: its headings, links, code and tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|\ssrc=\"([^\"]+)\"")
SECTION = re.compile(r"^## ", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} (.*)$", re.MULTILINE)
TABLE = re.compile(r"(?:^\|.*\n)+", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of code."""

    language: str
    text: str

    @property
    def script(self) -> str:
        """The commands in it: all of it in `sh`, what follows a prompt in `console`."""
        if self.language == "sh":
            return self.text
        return "\n".join(self._typed()) if self.language == "console" else ""

    def _typed(self) -> Iterator[str]:
        continued = False
        for line in self.text.splitlines():
            if continued or line.startswith("$ "):
                yield line.removeprefix("$ ")
                continued = line.endswith("\\")


@dataclass(frozen=True)
class Document:
    """A Markdown file."""

    path: Path

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text()

    @cached_property
    def prose(self) -> str:
        """Without fenced blocks."""
        return FENCED.sub("", self.text)

    @property
    def blocks(self) -> list[Block]:
        """The fenced blocks."""
        return [Block(*found) for found in FENCED.findall(self.text)]

    def blocks_below(self, heading: str) -> list[Block]:
        """The fenced blocks of the section HEADING; LookupError if there is none."""
        for section in SECTION.split(self.text):
            title, _, text = section.partition("\n")
            if title == heading:
                return [Block(*found) for found in FENCED.findall(text)]
        raise LookupError(f"no section {heading!r} in {self.path.name}")

    @property
    def code(self) -> list[str]:
        """All code in it: spans, and the commands of blocks."""
        return SPAN.findall(self.prose) + [block.script for block in self.blocks]

    @property
    def links(self) -> list[str]:
        """The targets of its links and pictures."""
        return [target or picture for target, picture in LINK.findall(self.prose)]

    @property
    def anchors(self) -> set[str]:
        """What a link may name after `#`."""
        return {anchor_of(heading) for heading in HEADING.findall(self.prose)}

    def rows(self, *header: str) -> list[list[str]]:
        """The cells of all tables that have this HEADER; LookupError if there is none."""
        tables = [[cells(line) for line in table.splitlines()] for table in TABLE.findall(self.text)]
        found = [row for head, _rule, *rows in tables if head == list(header) for row in rows]
        if not found:
            raise LookupError(f"no table {header} in {self.path.name}")
        return found


def cells(line: str) -> list[str]:
    """The cells of a table's LINE."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def anchor_of(heading: str) -> str:
    """The anchor that a forge gives to HEADING."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")

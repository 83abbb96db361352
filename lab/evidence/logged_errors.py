"""What services logged as errors: of each record what it says, and how its traceback ends."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ERRORS = {"ERROR", "CRITICAL"}
MOST_OF_A_LOG = 10

# As oslo.log writes it. Each line of a traceback has time, process and logger of its record, but no context,
# and is an ERROR whatever the record is.
LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d[ T][\d:.,]+) (?P<process>\d+) (?P<level>[A-Z]+) (?P<logger>\S+)"
    r"(?P<context> \[(?!instance: ).*?\])?(?: \[instance: \S+\])?(?P<words>.*)"
)


@dataclass
class Record:
    """What was logged at TIME: its FIRST line, and the last one of its traceback, if it has one."""

    time: str
    level: str
    first: str
    last: str = ""

    def __str__(self) -> str:
        # oslo.log puts most exceptions behind the message itself.
        return self.first if self.last in self.first else f"{self.first}: {self.last}"


def logged_errors(directory: Path) -> list[str]:
    """The errors in the logs below DIRECTORY as lines for a person, log by log.

    The log in which the oldest error stands comes first. Each has its first errors: others follow from them.
    """
    logs = {
        f"{file.parent.name} {file.stem.removeprefix('log-')}:": records
        for file in sorted(directory.glob("*/log-*.txt"))
        if (records := errors_in(file.read_text(errors="replace").splitlines()))
    }
    lines = []
    for log, records in sorted(logs.items(), key=lambda item: item[1][0].time):
        left = len(records) - MOST_OF_A_LOG
        lines += [log, *(f"  {record}" for record in records[:MOST_OF_A_LOG])]
        lines += [f"  and {left} more"] if left > 0 else []
    return lines


def errors_in(lines: Iterable[str]) -> list[Record]:
    """The errors in the LINES of a log, in its order, which is that of time."""
    records: list[Record] = []
    before: tuple[str, ...] = ()
    for line in filter(None, map(LINE.match, lines)):
        origin = line.group("time", "process", "logger")
        if line["context"] or origin != before:
            records.append(Record(line["time"], line["level"], line.string))
        elif words := line["words"].strip():
            records[-1].last = words
        before = origin
    return [record for record in records if record.level in ERRORS]

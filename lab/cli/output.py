"""Words, tables and JSON on standard output; notes on standard error."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table


def print_json(content: Any) -> None:
    """Print CONTENT for a program."""
    print_line(json.dumps(content, indent=2, default=str))


def print_line(text: str = "") -> None:
    """Print TEXT as it is, whatever the width of the terminal."""
    sys.stdout.write(text + "\n")


def print_note(text: str) -> None:
    """Print on standard error what one should know beside what one asked for."""
    sys.stderr.write(f"note: {text}\n")


def print_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print ROWS under HEADER: a table on a terminal, lines with tabs between the cells without one."""
    console = Console()
    if not console.is_terminal:
        for row in rows:
            print_line("\t".join(row))
        return
    table = Table(*header, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False)

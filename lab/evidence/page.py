"""The page that a person opens first."""

from collections.abc import Iterable, Iterator
from html import escape
from pathlib import Path
from urllib.parse import quote

STYLE = """
body { font: 15px sans-serif; margin: 2em; max-width: 70em }
pre { background: #f3f4f6; padding: 1em; overflow: auto; max-height: 30em }
.verdict { font-size: 1.2em; background: #fee2e2; padding: .6em }
"""


def page(title: str, verdict: str, sections: Iterable[tuple[str, str]], directory: Path) -> str:
    """HTML with VERDICT first, then SECTIONS (title and text), then links to every file below DIRECTORY."""
    return "\n".join(
        [
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>',
            f'<style>{STYLE}</style><p class="verdict">{escape(verdict)}</p><h1>{escape(title)}</h1>',
            *(f"<h2>{escape(name)}</h2><pre>{escape(text)}</pre>" for name, text in sections if text.strip()),
            *links(directory),
            "</html>",
            "",
        ]
    )


def links(directory: Path) -> Iterator[str]:
    """A list of links for each folder below DIRECTORY, pictures shown."""
    for folder in [directory, *sorted(path for path in directory.rglob("*") if path.is_dir())]:
        files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != "index.html")
        if not files:
            continue
        yield f"<h2>{escape(str(folder.relative_to(directory)).replace('.', 'all', 1))}</h2><ul>"
        for file in files:
            yield f"<li>{link(file, directory)}</li>"
        yield "</ul>"


def link(file: Path, directory: Path) -> str:
    """FILE as a link with its size; a picture as itself."""
    path = quote(str(file.relative_to(directory)))
    if file.suffix == ".png":
        return f'<a href="{path}"><img src="{path}" alt="{escape(file.stem)}" width="480"></a>'
    return f'<a href="{path}">{escape(file.name)}</a> {file.stat().st_size} bytes'

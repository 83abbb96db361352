"""The board's pages from their templates."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import HTMLResponse


class Pages:
    """Templates of the folder `templates`; `markdown` is a filter of theirs, in which HTML is only text."""

    def __init__(self) -> None:
        markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
        self._templates = Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["markdown"] = lambda text: Markup(markdown.render(text))  # noqa: S704

    def draw(self, template: str, **values: Any) -> str:
        """The text of TEMPLATE with VALUES."""
        return self._templates.get_template(template).render(values)

    def __call__(self, template: str, **values: Any) -> HTMLResponse:
        """TEMPLATE with VALUES as an answer; `live` is what has been drawn of it already."""
        if "live" in values:
            values["live"] = Markup(values["live"])  # noqa: S704
        return HTMLResponse(self.draw(template, **values))


page = Pages()

"""A real browser without a window, to see what a person sees."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, sync_playwright

from lab.errors import LabError, Layer

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

open_pages: list[Page] = []  # of which evidence takes pictures


@contextmanager
def browser_page() -> Iterator[Page]:
    """A blank page of a headless browser that is closed afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        page = browser.new_page()
        open_pages.append(page)
        try:
            yield page
        finally:
            open_pages.remove(page)
            browser.close()


def pictures() -> dict[str, bytes]:
    """What every open page shows, by name; a page that cannot be drawn any more has none."""
    taken = {}
    for number, page in enumerate(open_pages, 1):
        with suppress(PlaywrightError):
            taken[f"screen-{number}"] = page.screenshot()
    return taken


def find_browser() -> str:
    """The path of an installed Chromium; LabError says how to get one."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise LabError(Layer.MACHINE, f"none of {', '.join(BROWSERS)}: run tests/install_browser.sh")
    return found

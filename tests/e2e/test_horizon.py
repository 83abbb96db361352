"""Horizon, seen with a real browser."""

from collections.abc import Iterator

import pytest
from openstack.compute.v2.server import Server
from playwright.sync_api import Page, expect

from lab.browser import browser_page
from lab.deadline import Deadline
from lab.project import Project
from lab.settings import Settings

SECONDS_TO_SHOW = 20


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of a headless browser."""
    with browser_page() as page:
        milliseconds = Deadline(SECONDS_TO_SHOW).seconds * 1000
        page.set_default_timeout(milliseconds)
        expect.set_options(timeout=milliseconds)
        yield page


@pytest.fixture(scope="module")
def dashboard(page: Page, shared_project: Project, settings: Settings) -> Page:
    """The page after the user of the project has logged in."""
    log_in(page, settings.horizon, shared_project.user, shared_project.password)
    expect(page.locator(".user-menu, #user_info, .user-name").first).to_contain_text(shared_project.user)
    return page


def log_in(page: Page, horizon: str, user: str, password: str) -> None:
    page.goto(horizon)
    page.get_by_label("User Name").fill(user)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign In").click()


def test_wrong_password_is_refused(page: Page, shared_project: Project, settings: Settings) -> None:
    log_in(page, settings.horizon, shared_project.user, "wrong")
    expect(page.locator("body")).to_contain_text("Invalid credentials")


def test_user_sees_the_server(
    dashboard: Page, shared_project: Project, settings: Settings, server: Server
) -> None:
    dashboard.goto(f"{settings.horizon}project/instances/")
    row = dashboard.get_by_role("row").filter(has_text=server.name)
    expect(row).to_contain_text("Active")
    expect(row).to_contain_text(shared_project.address_of(server))


def test_console_page_shows_the_screen(dashboard: Page, settings: Settings, server: Server) -> None:
    dashboard.goto(f"{settings.horizon}project/instances/{server.id}/?tab=instance_details__console")
    console = dashboard.frame_locator("#console_embed")
    expect(console.locator("canvas")).to_be_visible()
    expect(console.locator("html")).to_contain_class("noVNC_connected")


def test_user_sees_the_stacks_panel(dashboard: Page, settings: Settings) -> None:
    dashboard.goto(f"{settings.horizon}project/stacks/")
    expect(dashboard.get_by_role("heading", name="Stacks")).to_be_visible()

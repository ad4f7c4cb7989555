"""Tabs as people have them, which note whatever goes wrong."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

from core.settings import Settings
from tests.support.browser import DESKTOP, chromium, served


@pytest.fixture(scope="module")
def address(app: Flask, site_settings: Settings) -> Iterator[str]:
    """The application on a port of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.settings._settings", site_settings)
        with served(app) as found:
            yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One chromium for the module."""
    with chromium() as found:
        yield found


@dataclass
class Visit:
    """A tab, and whatever went wrong in it."""

    page: Page
    address: str
    troubles: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a path and wait until nothing more is fetched."""
        self.page.goto(self.address + path, wait_until="networkidle")
        return self.page

    def watch(self) -> "Visit":
        """Note errors in the console, failed requests and requests to anyone else."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("response", self._response)
        return self

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:")):
            self.troubles.append(f"elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"{response.status} {response.url}")


class Tabs:
    """Opens tabs with the settings of a person's browser, and closes them after the test."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._contexts: list[BrowserContext] = []

    def open(self, viewport: dict[str, int] = DESKTOP, **options: object) -> Visit:
        """A tab in a fresh, Swedish browser."""
        context = self._browser.new_context(viewport=viewport, locale="sv-SE", **options)  # type: ignore[arg-type]
        self._contexts.append(context)
        return Visit(context.new_page(), self._address).watch()

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def tabs(browser: Browser, address: str) -> Iterator[Tabs]:
    """Tabs for one test."""
    opened = Tabs(browser, address)
    yield opened
    opened.close()

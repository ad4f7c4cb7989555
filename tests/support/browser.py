"""A real browser for tests: how it is started, what it looks at a page with, and what each page must be."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

CHROMIUM = (
    os.environ.get("HITTAVARD_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
LAPTOP = {"width": 1280, "height": 720}
TABLET = {"width": 768, "height": 1024}
PHONE = {"width": 360, "height": 740}
NARROW = {"width": 320, "height": 640}
SHOTS = os.environ.get("HITTAVARD_SCREENSHOTS", "")
"""A folder for pictures of every state, for whoever wants to look."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser, closed at the end."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application on a port of its own; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and its best practices."""
    page.wait_for_load_state()  # a click waits for the page, not for its style sheets
    answer = Axe().run(page).response
    return [
        f"{found['id']}: {node['target']} {node.get('failureSummary', '')}"
        for found in answer["violations"]
        for node in found["nodes"]
    ]


def fits(page: Page) -> bool:
    """Nothing scrolls sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def check(page: Page, name: str) -> None:
    """What every state of every page must be: no finding by axe-core, no sideways scroll.

    `name` is what the picture is called, when pictures are asked for by `HITTAVARD_SCREENSHOTS`.
    """
    page.wait_for_load_state()
    if SHOTS:
        width = page.viewport_size["width"] if page.viewport_size else 0
        language = page.evaluate("document.documentElement.lang")
        page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}-{language}.png"), full_page=True)
    assert fits(page), (name, page.url)
    assert violations(page) == [], (name, page.url)


def tab_to(page: Page, selector: str, presses: int = 80) -> None:
    """Press the tab key until the element has the focus, as whoever has no mouse must."""
    wanted = page.locator(selector)
    for _press in range(presses):
        page.keyboard.press("Tab")
        if wanted.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")

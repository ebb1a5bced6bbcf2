"""The running app, as `make run` starts it, and a page that looks at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.server import Server

expect.set_options(timeout=20_000)  # a busy machine of two cores takes its time


@pytest.fixture
def server(home: Path) -> Iterator[Server]:
    """The app, started."""
    home.mkdir()
    running = Server(home)
    running.start()
    yield running
    running.kill()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of 1280 × 800 px; whatever goes wrong in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    found = context.new_page()
    mistakes: list[str] = []
    found.on("pageerror", lambda error: mistakes.append(str(error)))
    yield found
    context.close()
    assert not mistakes

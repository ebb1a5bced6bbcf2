"""The running app, as `make run` starts it, and a page that looks at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.browsing import end_runs
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
    end_runs(home)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window of 1280 × 800 px; an error in its scripts, or a request to any other machine, fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    found = context.new_page()
    mistakes: list[str] = []
    found.on("pageerror", lambda error: mistakes.append(str(error)))
    found.on("request", lambda request: None if _is_here(request.url) else mistakes.append(request.url))
    yield found
    context.close()
    assert not mistakes


def _is_here(url: str) -> bool:
    return url.startswith(("http://localhost:", "ws://localhost:", "data:", "blob:"))

"""The running app and a browser beside it, for what looks at pages from outside."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from scripts.chromium import launch
from scripts.server import Server


@contextmanager
def app_and_browser() -> Iterator[tuple[Server, Browser]]:
    """The app, started in a home of its own, and a headless browser; both end with the block. Raises NoChromium."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        server = Server(Path(scratch) / "home")
        server.start()
        stack.callback(server.kill)
        yield server, browser

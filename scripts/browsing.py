"""The running app and a browser beside it, for what looks at pages from outside."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from scripts.chromium import launch
from scripts.server import Server


@contextmanager
def app_and_browser() -> Iterator[tuple[Server, Browser]]:
    """The app, started in a home of its own, and a headless browser; both end with the block. Raises NoChromium."""
    # A run that still trains when the block ends writes into its folder while that is removed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        home = Path(scratch) / "home"
        stack.callback(end_runs, home)
        server = Server(home)
        server.start()
        stack.callback(server.kill)
        yield server, browser


def end_runs(home: Path) -> None:
    """Kill every trainer whose run is in `home`, and wait until it has ended."""
    ended = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(word.startswith(f"{home}/") for word in process.cmdline()):
                process.kill()
                ended.append(process)
    psutil.wait_procs(ended, timeout=10)

"""The running app, as `make run` starts it, and windows that look at it."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from scripts.browsing import end_runs
from scripts.server import Server
from tests.browser.looking import PATIENCE_S

expect.set_options(timeout=PATIENCE_S * 1000)
_TRIES = 20  # to remove a folder
# What turns or pulses while somebody waits is painted sixty times a second, by the cores that are waited for.
_STILL = """document.addEventListener("animationstart", (event) => {
  for (const animation of event.target.getAnimations({ subtree: true }))
    if (animation.effect.getTiming().iterations === Infinity) animation.pause();
}, true);"""


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app in a home whose name asks for trouble, for all tests: heavy imports and a look at the machine, once."""
    home = tmp_path_factory.mktemp("served") / "내 실험 home"
    home.mkdir()
    server = Server(home)
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def home(one_server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The server's EXPLORER_HOME, also for the test itself. Nothing is in it but what was computed for tests before."""
    monkeypatch.setenv("EXPLORER_HOME", str(one_server.home))
    monkeypatch.delenv("EXPLORER_DATA_ROOTS", raising=False)
    yield one_server.home
    end_runs(one_server.home)
    for found in one_server.home.iterdir():
        if found.name != "cache":
            _remove(found)


def _remove(found: Path) -> None:
    """Remove a file or folder in which the server may still write, such as that a run has ended."""
    for _ in range(_TRIES):
        try:
            shutil.rmtree(found) if found.is_dir() else found.unlink(missing_ok=True)
        except OSError:
            continue
        return
    shutil.rmtree(found)


@pytest.fixture
def server(one_server: Server, home: Path) -> Server:  # noqa: ARG001 - its environment comes with the home
    """The app, running."""
    if not one_server.running:
        one_server.start()
    return one_server


@pytest.fixture
def open_window(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Opens a window of 1280 × 800 px, of a browser that was never here before, in which nothing moves without end.

    An error in the scripts of a page, or a request to any other machine, fails the test.
    """
    contexts: list[BrowserContext] = []
    mistakes: list[str] = []

    def open_one() -> Page:
        contexts.append(browser.new_context(viewport={"width": 1280, "height": 800}))
        contexts[-1].set_default_timeout(PATIENCE_S * 1000)
        contexts[-1].add_init_script(_STILL)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: mistakes.append(str(error)))
        page.on("request", lambda request: None if _is_here(request.url) else mistakes.append(request.url))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not mistakes


@pytest.fixture
def page(open_window: Callable[[], Page]) -> Page:
    """A window."""
    return open_window()


def _is_here(url: str) -> bool:
    return url.startswith(("http://localhost:", "ws://localhost:", "data:", "blob:"))

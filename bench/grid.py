"""The laboratory: from a key press on a slider to nine painted pictures, and until the gallery of all is complete.

The plain page is a beginner's script with the same pipeline, seeds and pictures, which draws nine `st.image`. The
pages take turns in one run. Drawings are remembered here, so each round begins with new seeds and each press has a
value that was not there before: nothing comes from memory.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench.pipelines import AFFINE, DRAFT_ID, keep, nested_ten
from bench.preview import PAGES, PRESSES, ROUNDS, Subject, open_page, press_keys
from scripts.chromium import launch
from scripts.server import PROJECT, Server

GALLERY_S = 120
_BOARD = """Array.from(document.querySelectorAll('[data-testid=stBidiComponentIsolated]'))
  .map((host) => host.shadowRoot?.querySelector('.board')).find(Boolean)?.dataset"""
# All of them: a board counts as painted when no cell waits any more.
_OURS = f"""() => {{
  const board = {_BOARD};
  if (board?.painted && board.waiting === "0") window.lastBoard = board.painted;
  return window.lastBoard;
}}"""
# New addresses are not yet pictures: they count once the browser has all nine decoded.
_PLAIN = """() => {
  const images = Array.from(document.querySelectorAll('[data-testid=stImage] img'));
  const all = images.map((image) => image.src);
  const old = (window.lastSources ?? "").split(" ");
  if (images.length === 9 && images.every((image, at) => image.complete && image.naturalWidth && image.src !== old[at]))
    window.lastSources = all.join(" ");
  return window.lastSources;
}"""
_LEFT, _RIGHT = ("ArrowLeft",), ("ArrowRight",)
# One way: a picture that came before would be shown from the browser's cache.
PLAIN = Subject("plain", PAGES / "plain_grid.py", _PLAIN, 1, _LEFT)
OURS = Subject("ours", PROJECT / "serve.py", _OURS, 1, _LEFT)
BACK = Subject("ours", PROJECT / "serve.py", _OURS, 1, _RIGHT)


def main() -> None:
    """Measure and print the tables."""
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        ours = stack.enter_context(_served(OURS, Path(scratch), "grid"))
        plain = stack.enter_context(_served(PLAIN, Path(scratch), ""))
        _print(_latency(browser, ours, plain))
        _gallery(browser, stack.enter_context(_served(OURS, Path(scratch) / "gallery", "gallery")))


def _latency(browser: Browser, ours: str, plain: str) -> dict[str, list[float]]:
    pages = {name: browser.new_page(viewport={"width": 1280, "height": 800}) for name in ("plain", "ours")}
    open_page(pages["plain"], plain, PLAIN)
    open_page(pages["ours"], ours, OURS)
    times: dict[str, list[float]] = {"plain": [], "ours": []}
    for number in range(ROUNDS):
        times["plain"] += press_keys(pages["plain"], PLAIN)
        _new_seeds(pages["ours"])
        times["ours"] += press_keys(pages["ours"], OURS if number % 2 == 0 else BACK)
    return times


def _new_seeds(page: Page) -> None:
    page.bring_to_front()
    page.get_by_role("button", name="Next", exact=True).click()
    page.wait_for_timeout(1500)


@contextmanager
def _served(subject: Subject, scratch: Path, mode: str) -> Iterator[str]:
    """The page of a subject in a home of its own below `scratch`, the laboratory in a mode; its address."""
    home = scratch / f"home-{subject.name}"
    home.mkdir(parents=True, exist_ok=True)
    # The plain page runs with Streamlit's own defaults, as its author would run it.
    server = Server(home, subject.script, PROJECT if mode else scratch)
    address = ""
    if mode:
        query = keep(home, nested_ten(), AFFINE)
        file = home / "drafts" / f"{DRAFT_ID}.json"
        record = json.loads(file.read_text())
        file.write_text(json.dumps({**record, "view": {"selected": AFFINE, "lab": {"mode": mode}}}))
        address = f"laboratory{query}"
    server.start()
    try:
        yield f"{server.url}/{address}"
    finally:
        server.kill()


def _print(times: dict[str, list[float]]) -> None:
    plain = statistics.median(times["plain"])
    print("key press -> nine pictures painted, three photographs of up to 512 px with masks and boxes, three seeds,")
    print(f"ten steps in composers of which three fire; {len(times['plain'])} presses each ({ROUNDS} x {PRESSES})")
    print(f"{'page':8}{'median':>10}{'p95':>10}{'of plain':>10}")
    for name, values in times.items():
        p95, median = statistics.quantiles(values, n=20)[-1], statistics.median(values)
        print(f"{name:8}{median:>7.0f} ms{p95:>7.0f} ms{median / plain:>10.2f}")


def _gallery(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    begun = time.perf_counter()
    page.goto(url)
    page.wait_for_function(f"() => {_BOARD}?.painted")
    first = time.perf_counter() - begun
    page.wait_for_function(f'() => {_BOARD}?.waiting === "0"', timeout=GALLERY_S * 1000)
    complete = time.perf_counter() - begun
    cells = page.locator("[data-testid=grid] .cell").count()
    print(f"gallery of {cells} transforms on a server that has just started:")
    print(f"first pictures after {first:.1f} s, complete after {complete:.1f} s")


if __name__ == "__main__":
    main()

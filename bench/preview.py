"""From a key press on a slider to the painted picture, measured inside the page in Chromium.

Three pages from the same run: the floor (one slider, one line of text), the plain page (the same pipeline as a
beginner's script) and ours (the whole Augment page, with the trace of every step). Then what a trace costs, and the
server's memory. Machines are noisy: read the ratios, not the milliseconds.
"""

import math
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench import memory, tracing
from bench.pipelines import AFFINE, keep, nested_ten
from scripts.chromium import launch
from scripts.server import PROJECT, Server

PAGES = Path(__file__).parent / "pages"
ROUNDS = 6
PRESSES = 12  # in each round; the first two of each warm up and are not counted
WARM_UP = 2
REST_MS = 250  # between presses, so that each begins on a page at rest
LATEST_MS = 30_000  # a press whose picture has not been painted by then is given up

# Resolves to the milliseconds from the key press to the first frame on which `marker()` differs; null where none came.
_ARM = """([marker, latest]) => {
  const look = new Function("return (" + marker + ")()");
  const old = look();
  window.measured = new Promise((resolve) => {
    addEventListener("keydown", () => {
      const begun = performance.now();
      const tick = () => {
        const passed = performance.now() - begun;
        if (look() !== old) resolve(passed);
        else if (passed > latest) resolve(null);
        else requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    }, { capture: true, once: true });
  });
}"""
_FLOOR = """() => document.querySelector('[data-testid=stMarkdown]')?.innerText"""
# A new address is not yet a picture: it counts once the browser has it decoded.
_PLAIN = """() => Array.from(document.querySelectorAll('[data-testid=stImage] img'))
  .map((image) => image.complete && image.naturalWidth ? image.src : window.lastSource).map((source, at, all) => {
    if (at === all.length - 1) window.lastSource = source; return source; }).at(-1)"""
_OURS = """() => Array.from(document.querySelectorAll('[data-testid=stBidiComponentIsolated]'))
  .map((host) => host.shadowRoot?.querySelector('.preview')?.dataset.painted).find(Boolean)"""


@dataclass(frozen=True)
class Subject:
    """A page to measure: its script, the slider whose keys are pressed, and how to see that it has been painted."""

    name: str
    script: Path
    marker: str
    slider: int
    keys: tuple[str, ...] = ("ArrowLeft", "ArrowRight")  # pressed in turn


SUBJECTS = (
    Subject("floor", PAGES / "floor.py", _FLOOR, 0),
    # One way only: a picture that came before would be shown from the browser's cache.
    Subject("plain", PAGES / "plain.py", _PLAIN, 1, ("ArrowLeft",)),
    Subject("ours", PROJECT / "serve.py", _OURS, 1),
)


def main() -> None:
    """Measure and print the tables."""
    _latency()
    tracing.main()
    memory.main()


def _latency() -> None:
    with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        pages = {}
        for subject in SUBJECTS:
            url = stack.enter_context(served(subject, Path(scratch)))
            pages[subject.name] = browser.new_page(viewport={"width": 1280, "height": 800})
            open_page(pages[subject.name], url, subject)
        times: dict[str, list[float]] = {subject.name: [] for subject in SUBJECTS}
        for _ in range(ROUNDS):
            for subject in SUBJECTS:
                times[subject.name] += press_keys(pages[subject.name], subject)
    _print(times)


@contextmanager
def served(subject: Subject, scratch: Path) -> Iterator[str]:
    """The page of a subject, in a home of its own below `scratch`; its address."""
    # The other two run with Streamlit's own defaults, as their authors would run them.
    folder = PROJECT if subject.name == "ours" else scratch
    server = Server(scratch / f"home-{subject.name}", subject.script, folder)
    query = keep(scratch / "home-ours", nested_ten(), AFFINE) if subject.name == "ours" else ""
    server.start()
    try:
        yield f"{server.url}/{query}"
    finally:
        server.kill()


def open_page(page: Page, url: str, subject: Subject) -> None:
    """Open it, and wait until it rests."""
    page.goto(url)
    page.wait_for_function(f"() => ({subject.marker})()")
    page.wait_for_timeout(2000)


def press_keys(page: Page, subject: Subject) -> list[float]:
    """Milliseconds from key press to painted picture, for one round of presses."""
    page.bring_to_front()
    focus(page, subject)
    times = []
    for press in range(PRESSES):
        page.wait_for_timeout(REST_MS)
        times.append(press_key(page, subject, subject.keys[press % len(subject.keys)]))
    return times[WARM_UP:]


def focus(page: Page, subject: Subject) -> None:
    """Give the keyboard to the slider."""
    page.locator("[data-testid=stSlider] input[type=range]").nth(subject.slider).focus()


def press_key(page: Page, subject: Subject, key: str) -> float:
    """Milliseconds from one key press to the painted picture; inf where none was painted in time."""
    page.evaluate(_ARM, [subject.marker, LATEST_MS])
    page.keyboard.press(key)
    found = page.evaluate("() => window.measured")
    return math.inf if found is None else float(found)


def _print(times: dict[str, list[float]]) -> None:
    plain = statistics.median(times["plain"])
    print("key press -> painted, 512 px with mask and boxes, ten steps in composers of which three fire;")
    print(f"{len(times['plain'])} presses each")
    print(f"{'page':8}{'median':>10}{'p95':>10}{'of plain':>10}{'p95/median':>12}")
    for name, values in times.items():
        p95 = statistics.quantiles(values, n=20)[-1]
        median = statistics.median(values)
        print(f"{name:8}{median:>7.0f} ms{p95:>7.0f} ms{median / plain:>10.2f}{p95 / median:>12.2f}")

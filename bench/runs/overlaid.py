"""`python -m bench compare`: 50 runs of 2,000 points on one page, until their curves are seen, and while one goes on.

"First" is from the click on Compare to the first painted curves, in an app that is open, with runs that the server has
not read yet; "all" is until the curves of all of them are painted; "again" is the same once they are known. "Drawn" is
what plotly takes for the figure alone. Measured beside the same with two runs.
"""

import os
import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from bench.runs import made
from explorer.runs.record.paths import list_ids
from scripts.chromium import launch
from scripts.server import Server

FEW, MANY, POINTS = 2, 50, 2_000
ASKED_S = 2.0
PATIENCE_S = 180.0
_EPOCHS = 20
_CHART = ".explorer-plot"
_DRAW = """async (root) => {
  const { data, layout } = root.querySelector(".canvas");
  const other = document.body.appendChild(document.createElement("div"));
  const begun = performance.now();
  await window.Plotly.newPlot(other, structuredClone(data), structuredClone(layout));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const taken = performance.now() - begun;
  window.Plotly.purge(other);
  other.remove();
  return taken / 1000;
}"""
_PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
_RANGE = "(root) => root.querySelector('.canvas').layout.xaxis.range.map(Number)"


@dataclass(frozen=True)
class Cost:
    """Seconds to the first curves and to all of them, again, and of plotly alone; and whether the zoom was kept."""

    first: float
    all: float
    again: float
    drawn: float
    kept: bool


def main(many: int = MANY) -> None:
    """Measure and print."""
    print(f"{'runs':>6}{'first':>9}{'all':>9}{'again':>9}{'drawn':>9}   zoom after 3 updates")
    for count in (FEW, many):
        cost = _measure(count)
        kept = "kept" if cost.kept else "LOST"
        times = "".join(f"{each:7.2f} s" for each in (cost.first, cost.all, cost.again, cost.drawn))
        print(f"{count:6}{times}   {kept}")
    print(f"asked: first curves of {MANY} runs of {POINTS:,} points within {ASKED_S:.0f} s")


def _measure(count: int) -> Cost:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, ExitStack() as stack:
        home = Path(scratch) / "home"
        os.environ["EXPLORER_HOME"] = str(home)
        for number in range(count):
            made.run(number, POINTS, _EPOCHS)
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        server = Server(home)
        server.start()
        stack.callback(server.kill)
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(1000 * PATIENCE_S)
        _open_app(page, server)
        first, whole = _compare(page, count)
        _, again = _compare(page, count)
        drawn = min(page.locator(_CHART).evaluate(_DRAW) for _ in range(3))
        stack.enter_context(made.living())
        return Cost(first, whole, again, drawn, _keeps_zoom(page, server))


def _open_app(page: Page, server: Server) -> None:
    """Open another run and then the list: the browser has loaded plotly, and the server has imported what it needs."""
    other = made.run(MANY + FEW, 200, 2)
    page.goto(f"{server.url}/runs?run={other.id}")
    page.locator(f"{_CHART}[data-updates]").first.wait_for()
    shutil.rmtree(other.root)
    page.goto(f"{server.url}/runs")
    page.get_by_label("Select all shown runs").wait_for()


def _compare(page: Page, count: int) -> tuple[float, float]:
    """The seconds from the click on Compare to the first curves, and to those of all runs."""
    if page.get_by_role("button", name="All runs").count():
        page.get_by_role("button", name="All runs").click()
    page.get_by_label("Select all shown runs").check()
    button = page.get_by_role("button", name="Compare", exact=True)
    button.wait_for()
    begun = time.perf_counter()
    button.click()
    page.locator(f"{_CHART}[data-updates]").wait_for()
    page.evaluate(_PAINTED)
    first = time.perf_counter() - begun
    page.wait_for_function(f"() => document.querySelectorAll('{_CHART} .legend .traces').length === {count}")
    page.evaluate(_PAINTED)
    return first, time.perf_counter() - begun


def _keeps_zoom(page: Page, server: Server) -> bool:
    """Whether the zoom stays where it was while one of the runs goes on."""
    page.goto(f"{server.url}/runs?runs={','.join(list_ids()[:MANY])}")
    chart = page.locator(f"{_CHART}[data-updates]")
    chart.wait_for()
    zoomed = _zoom(page)
    before = int(chart.get_attribute("data-updates") or 0)
    page.wait_for_function(f"() => Number(document.querySelector('{_CHART}').dataset.updates) >= {before + 3}")
    after, mounts = chart.evaluate(_RANGE), chart.get_attribute("data-mounts")
    if after != zoomed or mounts != "1":
        print(f"the range {zoomed} became {after}; the chart was mounted {mounts} times")
    return bool(after == zoomed and mounts == "1")


def _zoom(page: Page) -> list[float]:
    """Drag over a part of the first chart, and return the range that it shows then."""
    chart = page.locator(_CHART)
    low, high = chart.evaluate(_RANGE)
    found: list[float] = [low, high]
    # An update may end a drag. The axis also grows with the run, so that only a much shorter one is a zoom.
    while found[1] - found[0] > 0.7 * (high - low):
        chart.evaluate("(root) => root.scrollIntoView({ block: 'end' })")  # a long table pushes it below the window
        page.wait_for_timeout(200)
        box = chart.locator(".nsewdrag").first.bounding_box()
        assert box is not None
        middle = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] * 0.2, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, middle, steps=5)
        page.mouse.up()
        page.wait_for_timeout(500)
        found = chart.evaluate(_RANGE)
    return found

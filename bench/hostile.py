"""Links that would have ended the server, or held it up for everybody: each opened in a browser, and drawn.

Beside each, another session moves a slider; its presses are compared with those while nobody does anything.
"""

import statistics
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from bench import preview
from bench.preview import SUBJECTS, focus, open_page, press_key, served
from explorer.augment.pipeline import Draft, Step
from explorer.texts import Common, Preview
from explorer.ui.augment.sharing import pack
from explorer.ui.session.keys import Query
from explorer.ui.session.view import View
from scripts.chromium import launch

PRESSES = 8  # of the other session, for each link
CALM = 120  # of the other session, before the links
OURS = next(subject for subject in SUBJECTS if subject.name == "ours")
ANSWER_MS = 20_000  # longer than a drawing may take that nobody asked for
# Values that have hurt, and what each did.
ROWS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Morphological", {"scale": [2000, 2000]}),
    ("GridElasticDeform", {"num_grid_xy": [1000, 1000]}),
    ("ThinPlateSpline", {"num_control_points": 150}),
    ("PiecewiseAffine", {"nb_rows": [300, 300], "nb_cols": [300, 300]}),
    ("ZoomBlur", {"max_factor": [100_000.0, 100_000.0]}),
    ("RandomSunFlare", {"src_radius": 100_000_000}),
    ("RandomShadow", {"num_shadows_limit": [10_000_000, 10_000_000]}),
    ("RandomGravel", {"number_of_patches": 10_000_000}),
    ("XYMasking", {"num_masks_x": 10_000_000, "mask_x_length": 3}),
    ("ElasticTransform", {"sigma": 100_000.0}),
    ("CoarseDropout", {"num_holes_range": [10_000_000, 10_000_000]}),
    ("RandomScale", {"scale_limit": [99.0, 99.0]}),
    ("PadIfNeeded", {"min_height": 40_000, "min_width": 40_000}),
    ("Resize", {"height": 30_000, "width": 30_000}),
    ("Mosaic", {"target_size": [20_000, 20_000]}),
    ("RandomGridShuffle", {"grid": [5_000, 5_000]}),
)


@dataclass
class Row:
    """What came of a link. said: at the image or the step. times: ms of the other session's presses beside it."""

    name: str
    said: str = ""
    times: list[float] = field(default_factory=list)


def main() -> None:
    """Measure and print. Exits with 1 where the server has died, or nothing was said of a link."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, ExitStack() as stack:
        playwright = stack.enter_context(sync_playwright())
        browser, _ = launch(playwright)
        stack.callback(browser.close)
        url = stack.enter_context(served(OURS, Path(scratch)))
        other = browser.new_page(viewport={"width": 1280, "height": 800})
        open_page(other, url, OURS)
        focus(other, OURS)
        calm = [press_key(other, OURS, key) for key in _keys(CALM)][preview.WARM_UP :]
        base, rows, peak = url.partition("?")[0].rstrip("/"), [], 0.0
        for name, params in ROWS:
            rows.append(_opened(browser, other, base, name, params))
            peak = max(peak, _memory())
        _print(calm, rows, peak)


def _keys(count: int) -> list[str]:
    return [OURS.keys[press % 2] for press in range(count)]


def link(base: str, name: str, params: dict[str, Any]) -> str:
    """The address that opens one step with these values on the first photograph."""
    draft = Draft(nodes=(Step(id="hurts", transform=name, params=params, p=1.0),))
    return f"{base}/?{Query.SHARED}={pack(draft, View(selected='hurts'))}"


def _opened(browser: Browser, other: Page, base: str, name: str, params: dict[str, Any]) -> Row:
    row = Row(name)
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(link(base, name, params))
    page.locator("[data-testid=preview][data-painted]").wait_for(timeout=ANSWER_MS)
    draw = page.get_by_role("button", name=Preview.RUN_ONCE)
    if draw.count():
        draw.click()
    other.bring_to_front()
    focus(other, OURS)
    row.times += [press_key(other, OURS, key) for key in _keys(PRESSES)]
    page.bring_to_front()
    row.said = _outcome(page)
    page.close()
    return row


def _outcome(page: Page) -> str:
    """What the page says of the step, once nothing is drawn any more; what takes longer is cancelled."""
    cancel = page.get_by_role("button", name=Common.CANCEL)
    errors = page.locator("[data-testid=stAlert]")
    page.wait_for_timeout(2_000)  # the page may still be on its way to the drawing, or away from it
    waited = 0
    while cancel.count() and waited < ANSWER_MS:
        page.wait_for_timeout(500)
        waited += 500
    if cancel.count():
        cancel.click()
        cancel.wait_for(state="detached")
        return "cancelled in the middle of the step"
    page.wait_for_timeout(2_000)
    return errors.first.inner_text() if errors.count() else "drawn"


def _memory() -> float:
    """MB of all processes that draw, the largest of them."""
    found = [0.0]
    for process in psutil.process_iter(["cmdline", "memory_info"]):
        if "explorer.draw" in (process.info["cmdline"] or ()):
            found.append(process.info["memory_info"].rss / 1e6)
    return max(found)


def _print(calm: list[float], rows: list[Row], peak: float) -> None:
    base = statistics.quantiles(calm, n=20)[-1]
    beside = [ms for row in rows for ms in row.times]
    print(f"another session beside: {len(calm)} presses in peace, {PRESSES} beside each link")
    print(f"in peace: median {statistics.median(calm):.0f} ms, p95 {base:.0f} ms")
    for row in rows:
        print(f"{row.name:20}{max(row.times):>7.0f} ms at most  {' '.join(row.said.split())[:150]}")
    p95 = statistics.quantiles(beside, n=20)[-1]
    print(f"beside: median {statistics.median(beside):.0f} ms, p95 {p95:.0f} ms, {p95 / base:.2f} times that in peace")
    print(f"the largest process that draws: {peak:.0f} MB")
    if any(ms == float("inf") for ms in beside):
        raise SystemExit(1)

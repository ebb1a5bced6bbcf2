"""What a person sees of the preview: pixels on the screen, not what the server believes to have sent."""

import time
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

PATIENCE_S = 180.0  # a busy machine takes its time: starting a trainer imports torch beside everything else
PREVIEW = "[data-testid=preview]"
_PAINTED = f"{PREVIEW}[data-painted]"
# FNV-1a over all pixels, inside the page: a megabyte of pixels would take seconds to travel.
_FINGERPRINT = """(canvas) => {
  const { width, height } = canvas;
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, width, height).data.buffer);
  let hash = 2166136261;
  for (const pixel of pixels) hash = Math.imul(hash ^ pixel, 16777619);
  return `${width}x${height}:${hash >>> 0}`;
}"""
_COLORS = """(canvas) => {
  const pixels = new Uint32Array(canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.buffer);
  return new Set(pixels).size;
}"""


def canvas(page: Page, side: str, layer: str = "picture") -> Locator:
    """The canvas of "before" or "after", and of its "picture" or its "mask"."""
    return page.locator(f"{PREVIEW} [data-side={side}] canvas.{layer}")


def colors(page: Page, side: str, layer: str) -> int:
    """How many different colors are painted, clear among them."""
    page.locator(_PAINTED).wait_for()
    return int(canvas(page, side, layer).evaluate(_COLORS))


def fingerprint(page: Page, side: str = "after", layer: str = "picture") -> str:
    """The same for the same painted pixels."""
    page.locator(_PAINTED).wait_for()
    return painted(canvas(page, side, layer))


def painted(one: Locator) -> str:
    """The same for the same pixels of a canvas."""
    return str(one.evaluate(_FINGERPRINT))


def settle(page: Page) -> None:
    """Wait until the page has nothing more to do for what was done to it."""
    page.locator(_PAINTED).wait_for()
    rest(page)


def rest(page: Page) -> None:
    """Wait until no script runs."""
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-script-state", "notRunning")
    expect(page.locator("[data-testid=stApp]")).to_have_attribute("data-test-connection-state", "CONNECTED")


def until(page: Page, condition: Callable[[], bool], what: str) -> None:
    """Wait until `condition` holds, where no locator can say it; fail, naming it, when the time is up."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {PATIENCE_S} s"
        page.wait_for_timeout(50)


def open_at_rest(page: Page, address: str) -> None:
    """Open the Augment page, end the draws that it plays to a new visitor, and wait until it rests.

    "Next" ends them whether or not they have ended by themselves meanwhile, where the switch would start others.
    """
    page.goto(address)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("switch", name="Play")).not_to_be_checked()
    settle(page)


def wait_for_another_picture(page: Page, old: str, side: str = "after") -> str:
    """Wait until what is painted differs from `old`, and return its fingerprint."""
    until(page, lambda: fingerprint(page, side) != old, "another picture")
    return fingerprint(page, side)


def drawn(page: Page) -> str:
    """The list of drawn values, as text."""
    return page.locator("[data-testid=trace] .drawn").inner_text()


def notice(page: Page) -> Locator:
    """The line over a picture that is not the newest draft's."""
    return page.locator(f"{PREVIEW} .notice")


def titles(page: Page) -> list[str]:
    """The steps in the list."""
    return page.locator("[data-testid=steps] li .title").all_inner_texts()


def validated(page: Page) -> list[int]:
    """The epochs in the curve of the validation loss on a run's page, in order."""
    chart = page.locator("[data-testid=plot][data-key$=loss] .js-plotly-plot")
    found: list[int] = chart.evaluate("chart => Array.from(chart.data[2].x)")
    return found

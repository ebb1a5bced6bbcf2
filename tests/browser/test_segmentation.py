"""Masks in a real browser: from a folder on the Data page to the predicted masks of a run, while it trains."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from scripts.server import Server
from tests.browser import placing
from tests.browser.forms import retype, set_epochs
from tests.browser.looking import until
from tests.browser.pausing import Pause, has_validated, run_of

SIDE = 48  # px of an image
PARTS = {"train": 6, "val": 3}
# Whether a row of tabs that hears nothing from the browser, as while React changes the page, learns that its tab has
# lost the focus. Otherwise it takes the focus back at a later run of the page.
_LEARNS = """async (tab) => {
  const row = tab.closest("[role=tablist]");
  let learned = false;
  const hear = (event) => { if (event.isTrusted) event.stopPropagation(); else learned = true; };
  row.addEventListener("focusout", hear);
  tab.focus();
  tab.blur();
  await Promise.resolve();
  row.removeEventListener("focusout", hear);
  return learned;
}"""


@pytest.fixture
def streets(home: Path) -> Path:
    """Small images of sky above a road, whose masks also have pixels that do not count."""
    with placing.data_set(home, "streets") as root:
        _fill(root)
    return home / "data" / "streets"


def _fill(root: Path) -> None:
    generator = np.random.default_rng(0)
    for part, count in PARTS.items():
        for kind in ("images", "masks"):
            (root / kind / part).mkdir(parents=True)
        for number in range(count):
            horizon = 14 + 3 * number
            mask = np.zeros((SIDE, SIDE), np.uint8)
            mask[horizon:] = 1
            mask[-4:, :8] = 2
            pixels = np.where(mask[..., None] == 0, [110, 160, 220], [90, 90, 90]) + generator.integers(
                -20, 20, (SIDE, SIDE, 3)
            )
            Image.fromarray(pixels.astype(np.uint8)).save(root / "images" / part / f"{number}.png")
            Image.fromarray(mask).save(root / "masks" / part / f"{number}.png")
    (root / "classes.txt").write_text("sky\nroad\nvoid\n")


def test_a_folder_with_masks_from_its_look_to_masks_by_epoch(streets: Path, server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data?data=mask_folder:{streets}")
    expect(page.get_by_text("9 images").first).to_be_visible()
    expect(page.get_by_text(re.compile(r"All [\d,]+ images decode\."))).to_be_visible()
    page.get_by_role("button", name="Train on this").click()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_be_visible()
    retype(page, "Image size", 64)
    retype(page, "Batch size", 3)
    set_epochs(page, 3)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/runs?*run=*")

    # While it trains: the true and the predicted mask of two epochs, by the keyboard.
    second = Pause(run_of(page.url), has_validated(2))
    second.wait()
    tab = page.get_by_role("tab", name="Masks", exact=True)
    tab.click()
    viewer = page.get_by_test_id("masks")
    picture = viewer.locator("canvas")
    expect(viewer).to_have_attribute("data-image", re.compile(r"\d"))
    worst = viewer.get_attribute("data-image")
    assert worst is not None
    until(page, lambda: bool(tab.evaluate(_LEARNS)), "notice of a lost focus")
    picture.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_have_attribute("data-epoch", "1")
    page.keyboard.press("ArrowLeft")
    expect(viewer).to_have_attribute("data-epoch", "0")
    page.keyboard.press("4")
    expect(viewer).to_have_attribute("data-view", "difference")
    expect(viewer.locator("tbody tr")).to_have_count(2)
    expect(viewer.locator(".uncounted")).to_contain_text("do not count")
    page.keyboard.press("3")
    expect(viewer).to_have_attribute("data-view", "predicted")
    expect(viewer.locator(".uncounted")).to_be_hidden()  # a predicted mask has no stripes

    # The third epoch appears by itself, and the epoch that is looked at stays.
    second.end()
    expect(page.get_by_text("finished", exact=True).first).to_be_visible()
    expect(viewer).to_have_attribute("data-epoch", "0")
    picture.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(viewer).to_have_attribute("data-epoch", "2")
    page.keyboard.press("ArrowDown")
    expect(viewer).not_to_have_attribute("data-image", worst)

"""Does this step help? Asked, watched, stopped, resumed, extended, and its pipeline taken."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.paths import RunPaths
from explorer.runs.record.studies.parts import SCORES, parts
from scripts.server import Server
from tests.browser import looking, placing
from tests.browser.pausing import Pause, run_of
from tests.ui.study import made, made_maps

IMAGES = 12  # of each class


@pytest.fixture
def insects(home: Path) -> Path:
    """A folder of tiny images that pages may read."""
    rng = np.random.default_rng(0)
    with placing.data_set(home, "insects") as folder:
        for place, name in enumerate(("ants", "bees")):
            (folder / name).mkdir()
            for index in range(IMAGES):
                pixels = rng.integers(0, 120, (32, 32, 3)) + np.array([0, 90, 0]) * place
                Image.fromarray(pixels.astype(np.uint8)).save(folder / name / f"{index}.png")
    return home / "data" / "insects"


def settle(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def retype(page: Page, label: str, value: int) -> None:
    field = page.get_by_role("dialog").get_by_role("spinbutton", name=label)
    field.fill(str(value))
    field.press("Enter")
    settle(page)


def has_repeats(paths: RunPaths, count: int) -> Pause:
    """Pause a study once it has done so many repeats."""

    def reached(run: RunSnapshot) -> bool:
        del run
        return len(parts(paths, SCORES)) >= count

    return Pause(paths, reached)


def forest(page: Page) -> Locator:
    return page.locator("[data-testid=plot][data-key$=forest]")


@pytest.mark.usefixtures("insects")
def test_a_study_is_asked_in_three_clicks_and_its_pipeline_is_taken(page: Page, server: Server) -> None:
    # Pages remember for a while which folders they have found, and another test may have just made them look.
    server.kill()
    server.start()
    looking.open_at_rest(page, server.url)
    page.get_by_role("button", name="Does this step help?").click()
    page.get_by_role("dialog").get_by_text("Image folder", exact=True).click()
    expect(page.get_by_text(f"All {2 * IMAGES} images of 2 classes take part")).to_be_visible()
    # The three clicks would do; a test has no time for many heads, and many views of large images.
    page.get_by_role("dialog").locator("summary", has_text="Details").click()
    for label, value in (("Folds", 3), ("Views", 1), ("Image size", 32)):
        retype(page, label, value)
    page.get_by_role("dialog").get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/runs?*run=*")
    study = run_of(page.url)

    # It grows, and says no word before its planned repeats are done.
    first = has_repeats(study, 1)
    first.wait()
    expect(page.get_by_text(re.compile("After [1-5] of 6 repeats with a frozen backbone")).first).to_be_visible()
    expect(forest(page)).to_have_attribute("data-mounts", "1")
    drawn = forest(page).get_attribute("data-revision")
    page.get_by_role("button", name="Stop").click()
    looking.until(page, study.stop.exists, "the request to stop")  # or the other repeats may be done before it
    first.end()
    expect(page.get_by_text("stopped", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text("6 repeats of 3 folds")).to_be_visible()
    expect(page.get_by_text("finished", exact=True).first).to_be_visible()
    assert forest(page).get_attribute("data-revision") != drawn
    expect(page.get_by_text("No verdict is given before")).to_have_count(0)

    # Another repeat goes on from these.
    page.get_by_role("button", name="More repeats").click()
    repeats = page.get_by_role("spinbutton", name="Repeats in all")
    repeats.fill("7")
    repeats.press("Enter")
    page.get_by_role("button", name="Start the longer study").click()
    looking.until(page, lambda: run_of(page.url) != study, "the page of the longer study")
    expect(page.get_by_text("7 repeats of 3 folds")).to_be_visible()
    expect(page.get_by_text("finished", exact=True).first).to_be_visible()

    # One step is left out, and undo brings it back.
    page.get_by_role("button", name="Take this pipeline").click()
    page.locator("[data-testid=stCheckbox]", has_text="Affine").click()
    settle(page)
    page.get_by_role("button", name="Take these steps").click()
    page.locator("[data-testid=preview][data-painted]").wait_for()
    looking.until(page, lambda: "Affine" not in looking.titles(page), "the pipeline without the step")
    assert looking.titles(page) == ["HorizontalFlip", "RandomBrightnessContrast"]
    page.get_by_role("button", name=re.compile("^Undo")).click()
    looking.until(page, lambda: "Affine" in looking.titles(page), "undo")


def test_a_cell_of_an_immunity_map_is_chosen_with_the_keyboard_and_keeps_the_focus(page: Page, server: Server) -> None:
    paths = made_maps.immunity_map(made.study(repeats=4, images=60))
    page.goto(f"{server.url}/runs?run={paths.id}")
    heat = page.get_by_test_id("heat")
    heat.get_by_role("gridcell").first.focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    expect(heat.locator("td.chosen")).to_have_attribute("aria-label", re.compile("Noise 1 of 5"))
    expect(heat.locator("td.chosen")).to_be_focused()
    expect(heat.locator(".says")).to_contain_text("Noise 1 of 5")
    expect(page.get_by_text("One image, as it was judged")).to_be_visible()

"""A run's matrix taken apart while it trains: other epochs, the images of a cell, and what the network saw of them."""

import csv
import io
import re

import numpy as np
from playwright.sync_api import Locator, Page, expect

from explorer.augment.network_input import validation_image
from explorer.augment.pipeline import Pipeline
from explorer.data.fit import square
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.prepare import load
from explorer.runs.life import launcher
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunView
from explorer.runs.record.paths import RunPaths
from explorer.runs.spec.config import RunConfig
from explorer.texts import Charts
from scripts.server import Server
from tests.browser import looking
from tests.browser.pausing import Pause, has_validated

EPOCHS = 5
SIZE = 32
CONFIG = RunConfig(
    name="shapes", dataset=ShapesSpec(train_images=96), pipeline=Pipeline(), backbone="small-cnn", weights="none",
    frozen=False, epochs=EPOCHS, image_size=SIZE, accelerator="cpu",
)  # fmt: skip
PIXELS = """canvas => {
  const { width, height } = canvas;
  return { width, height, values: Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data) };
}"""


def stored(paths: RunPaths, epoch: int, row: int, column: int) -> list[int]:
    """The validation images of a cell by the stored scores, the most confident first."""
    view = RunView(paths)
    view.refresh()
    record = Evidence(view).record(epoch)
    assert record is not None
    assert record.logits is not None
    assert record.labels is not None
    logits = record.logits.astype(np.float64)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    predicted = shares.argmax(axis=1)
    found = np.flatnonzero((record.labels == row) & (predicted == column))
    return sorted(found.tolist(), key=lambda index: -shares[index, column])


def fullest(paths: RunPaths, epoch: int) -> tuple[int, int]:
    """The row and the column of the cell with the most images."""
    view = RunView(paths)
    view.refresh()
    record = view.record(epoch)
    assert record is not None
    row, column = np.unravel_index(record.confusion.argmax(), record.confusion.shape)
    return int(row), int(column)


def counts(paths: RunPaths, epoch: int) -> list[list[int]]:
    view = RunView(paths)
    view.refresh()
    record = view.record(epoch)
    assert record is not None
    return [[int(count) for count in row] for row in record.confusion]


def saved_counts(page: Page, matrix: Locator) -> list[list[int]]:
    """The counts in the file that a button saves."""
    with page.expect_download() as found:
        matrix.get_by_role("button", name=Charts.SAVING["csv"]).click()
    _, *rows = csv.reader(io.StringIO(found.value.path().read_text("utf-8-sig")))
    return [[int(cell) for cell in row[1:]] for row in rows]


def shown_ids(page: Page) -> list[int]:
    cells = page.locator("[data-testid=grid] .cell")
    return [int(cell.get_attribute("data-id") or "") for cell in cells.all()]


def expect_epoch(matrix: Locator, number: int) -> None:
    expect(matrix).to_have_attribute("data-epoch", str(number - 1))


def test_flip_through_the_epochs_of_a_run_that_trains_and_see_the_images_of_a_cell(page: Page, server: Server) -> None:
    paths = launcher.start(CONFIG)
    early = Pause(paths, has_validated(2))
    validated = len(early.wait().epochs)
    page.goto(f"{server.url}/runs?run={paths.id}")
    page.get_by_role("tab", name="Matrix").click()
    matrix, slider = page.get_by_test_id("matrix"), page.get_by_role("slider", name="Epoch of the matrix")
    matrix.get_by_role("button", name="Latest: epoch").click()
    expect_epoch(matrix, validated)

    # The slider needs no server; neither does the selection, by arrows.
    slider.press("Home")
    expect_epoch(matrix, 1)
    row, column = fullest(paths, 0)
    cells = page.locator("canvas.cells")
    cells.focus()
    for key, times in (("ArrowRight", column + 1), ("ArrowDown", row)):
        for _ in range(times):
            cells.press(key)
    cells.press("Enter")
    heading = page.get_by_text(re.compile(r"^True \w+, predicted \w+: \d+ of \d+ images in epoch 1$"))
    expect(heading).to_be_visible()
    expected = stored(paths, 0, row, column)
    expect(page.locator("[data-testid=grid] .cell:not(.waiting)")).to_have_count(min(len(expected), 24))
    assert shown_ids(page) == expected[:24]
    assert saved_counts(page, matrix) == counts(paths, 0)
    first = looking.painted(cells)

    # While it trains, epochs are added in the same place; what was chosen stays.
    page.evaluate("node => { window.matrixOfBefore = node; }", matrix.element_handle())
    later = Pause(paths, has_validated(3))
    early.end()
    validated = len(later.wait().epochs)
    expect(slider).to_have_attribute("max", str(validated - 1))
    expect_epoch(matrix, 1)
    assert page.evaluate("node => window.matrixOfBefore === node", matrix.element_handle())
    assert looking.painted(cells) == first
    assert shown_ids(page) == expected[:24]

    # The latest epoch is followed, and with it the images.
    matrix.get_by_role("button", name="Latest: epoch").click()
    expect(page.get_by_text(re.compile(rf"images in epoch {validated}$"))).to_be_visible()
    later.end()
    expect_epoch(matrix, EPOCHS)
    expect(page.get_by_text(re.compile(rf"images in epoch {EPOCHS}$"))).to_be_visible()
    expect(page.get_by_text("finished", exact=True).first).to_be_visible()

    # Play goes from the first epoch to the last one, and ends there.
    matrix.get_by_role("button", name="Play all epochs").click()
    expect_epoch(matrix, 2)
    expect_epoch(matrix, EPOCHS)
    expect(matrix.get_by_role("button", name="Play all epochs")).to_be_visible()

    # A click on the name of a class shows its row; an image is shown beside what the network saw.
    cells.click(position={"x": 40, "y": 20})  # the first name left of the cells
    expect(page.get_by_text(re.compile(rf"^True \w+: \d+ images in epoch {EPOCHS}$"))).to_be_visible()
    view = RunView(paths)
    view.refresh()
    record = Evidence(view).record(EPOCHS - 1)
    assert record is not None
    assert record.labels is not None
    looking.until(page, lambda: {int(record.labels[index]) for index in shown_ids(page)} == {0}, "images of one class")
    expect(page.locator("[data-testid=grid] .cell.waiting")).to_have_count(0)
    index = shown_ids(page)[0]
    page.locator("[data-testid=grid] .cell").first.press("Enter")
    seen = page.locator("[data-testid=grid] figure").nth(1)
    expect(seen).to_contain_text("pixel for pixel")
    found = seen.locator("canvas").evaluate(PIXELS)
    split = CONFIG.dataset.open().val
    pixels = validation_image(load(split, index, square(SIZE)), CONFIG.pipeline)
    assert (found["width"], found["height"]) == (SIZE, SIZE)
    assert np.array_equal(np.array(found["values"]).reshape(SIZE, SIZE, 4)[..., :3], pixels)
    page.keyboard.press("Escape")
    expect(page.locator("[data-testid=grid] .large")).to_be_hidden()
    cells.focus()
    cells.press("Escape")
    expect(page.locator("[data-testid=grid]")).to_have_count(0)

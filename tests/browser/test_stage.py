"""The two images of the Augment page under a person's hands: masks, names, the large view, the strip of steps."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.figures.palette import class_color, rgb
from scripts.server import Server
from tests.browser import looking, placing

CLASSES = 22
SIDE = 110  # px; 22 columns of 5 px, one of each class
NAMES = tuple(f"kind{number}" for number in range(CLASSES))
PREVIEW = "[data-testid=preview]"
# Every color that is painted, as "red,green,blue", with how many pixels it has.
_PALETTE = """(canvas) => {
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const found = {};
  for (let at = 0; at < data.length; at += 4) if (data[at + 3]) {
    const color = [data[at], data[at + 1], data[at + 2]].join();
    found[color] = (found[color] ?? 0) + 1;
  }
  return found;
}"""


@pytest.fixture(autouse=True)
def _stripes(home: Path) -> None:
    """A set of one image whose mask has 22 classes from the value 0."""
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    mask = np.repeat(np.arange(CLASSES, dtype=np.uint8), SIDE // CLASSES)[None].repeat(SIDE, axis=0)
    with placing.data_set(home, "stripes") as folder:
        for part, pixels in (("images", noise), ("masks", mask)):
            (folder / part).mkdir()
            cv2.imwrite(str(folder / part / "a.png"), pixels)


def open_stripes(page: Page, server: Server) -> None:
    looking.open_at_rest(page, server.url)
    page.get_by_role("combobox", name="Image", exact=True).click()
    page.get_by_role("option", name="A sample of a data set").click()
    page.get_by_role("combobox", name="Data set").click()
    page.get_by_role("option", name="stripes").click()
    # As training would see it, padded to a square of its own size; here the file itself is looked at.
    expect(page.locator(f"{PREVIEW} [data-side=before] figcaption span")).to_contain_text("224 × 224 px")
    looking.settle(page)
    page.get_by_text("As in training", exact=True).click()
    expect(page.locator(f"{PREVIEW} [data-side=before] figcaption span")).to_contain_text(f"{SIDE} × {SIDE} px")
    page.get_by_role("button", name="Targets").click()
    names = page.get_by_role("textbox", name="Class names of the mask")
    names.fill("\n".join(NAMES))
    names.press("Control+Enter")
    expect(page.locator(f"{PREVIEW} .legend")).to_contain_text(NAMES[0])
    page.keyboard.press("Escape")
    looking.settle(page)


def palette(page: Page) -> dict[tuple[int, ...], int]:
    found = looking.canvas(page, "before", "mask").evaluate(_PALETTE)
    return {tuple(map(int, color.split(","))): count for color, count in found.items()}


def hover(page: Page, column: float) -> Locator:
    """Point at a share of the width of the image before."""
    box = page.locator(f"{PREVIEW} [data-side=before] .stage").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * column, box["y"] + box["height"] * 0.5)
    return page.locator(f"{PREVIEW} [data-side=before] .tip")


def test_masks_have_a_color_and_a_name_for_each_class_and_images_enlarge(page: Page, server: Server) -> None:
    open_stripes(page, server)
    column = SIDE // CLASSES

    # Outlines first: every class has its color, class 0 too, and the middle of a class shows the image.
    colors = [rgb(class_color(index)) for index in range(CLASSES)]
    outlines = palette(page)
    assert set(outlines) == set(colors)
    assert all(outlines[color] < column * SIDE for color in colors)
    # M fills, hides, and begins again.
    page.keyboard.press("m")
    assert palette(page) == dict.fromkeys(colors, column * SIDE)
    page.keyboard.press("m")
    assert palette(page) == {}
    page.keyboard.press("m")
    assert palette(page) == outlines

    # Under the mouse: the name and the share. A click in the legend shows one class alone, another click all.
    expect(hover(page, 8.5 / CLASSES)).to_have_text("kind8, 4.5 %")
    item = page.locator(f"{PREVIEW} .legend").get_by_role("button", name="kind8")
    item.click()
    assert set(palette(page)) == {colors[8]}
    page.locator(f"{PREVIEW} .legend").get_by_role("button", name="kind8").click()
    assert palette(page) == outlines

    # A step that is skipped says so at its form, and a click shows a seed with which it fires.
    flip = page.locator("[data-testid=trace] .card[data-node]", has_text="HorizontalFlip")
    chip, seed = page.locator("[data-testid=chip]"), page.get_by_role("spinbutton", name="Seed")
    for _ in range(20):
        looking.settle(page)  # the chip comes after the image, and a click is missed by a button that moves
        if chip.is_visible():
            break
        painted = page.locator(PREVIEW).get_attribute("data-painted") or ""
        page.get_by_role("button", name="Next").click()
        expect(page.locator(PREVIEW)).not_to_have_attribute("data-painted", painted)
    looking.settle(page)
    expect(flip).to_have_attribute("data-status", "skipped")
    expect(chip).to_contain_text(f"This step is skipped with seed {seed.input_value()}.")
    chip.get_by_role("button", name="Show a seed where it fires").click()
    expect(flip).to_have_attribute("data-status", "applied")
    expect(chip).to_be_hidden()

    # Row, card and image are one: with a card large, another row brings its own.
    page.locator("[data-testid=trace] .card", has_text="Affine").click()
    expect(page.locator(f"{PREVIEW} [data-side=before] figcaption b")).to_have_text("Before Affine")
    looking.settle(page)
    page.get_by_role("treeitem", name="HorizontalFlip").click()
    expect(page.locator(f"{PREVIEW} [data-side=before] figcaption b")).to_have_text("Before HorizontalFlip")
    expect(flip).to_have_attribute("aria-selected", "true")
    looking.settle(page)
    assert looking.fingerprint(page, "after") != looking.fingerprint(page, "before")

    # A click enlarges; keys and wheel zoom, the slider wipes, Space shows the image before, Escape closes.
    page.locator(f"{PREVIEW} [data-side=before] .stage").click()
    large = page.get_by_role("dialog", name="Large view")
    expect(large).to_be_visible()
    before, after = large.locator("[data-layer=before]").first, large.locator("[data-layer=after]").first
    assert looking.painted(before.locator(".picture")) == looking.fingerprint(page, "before")
    assert looking.painted(after.locator(".picture")) == looking.fingerprint(page, "after")
    width = before.bounding_box()["width"]  # type: ignore[index]
    page.keyboard.press("+")
    assert before.bounding_box()["width"] == pytest.approx(width * 1.25, rel=0.01)  # type: ignore[index]
    zoomed = large.locator(".zoom").inner_text()
    page.mouse.move(640, 400)
    page.mouse.wheel(0, -100)
    expect(large.locator(".zoom")).not_to_have_text(zoomed)
    page.keyboard.press("1")
    expect(large.locator(".zoom")).to_have_text("100 %")
    handle = large.locator(".handle")
    middle = handle.bounding_box()["x"]  # type: ignore[index]
    page.keyboard.press(".")
    assert handle.bounding_box()["x"] > middle  # type: ignore[index]
    page.keyboard.down(" ")
    assert handle.bounding_box()["x"] > page.viewport_size["width"] * 0.9  # type: ignore[index]
    page.keyboard.up(" ")
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()

    # Held longer than a click, the result shows the image before.
    result = looking.fingerprint(page, "after")
    expect(page.get_by_role("button", name="Hold to see before")).to_have_count(1)
    page.locator(f"{PREVIEW} .hold").hover()
    page.mouse.down()
    held = looking.fingerprint(page, "after")
    page.mouse.up()
    assert held == looking.fingerprint(page, "before")
    assert looking.fingerprint(page, "after") == result != held

"""The tree editor, the trace and the pickers, as a person uses them; the first journey touches no mouse."""

import re
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from scripts.server import Server
from tests.browser import looking
from tests.browser.pausing import paused_drawing

TREE = "[data-testid=steps] ul"
_IS_FOCUSED = """(element) => {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active === element;
}"""

_OUTLINE = """(tree) => Array.from(tree.querySelectorAll("[role=treeitem]"),
  (row) => "-".repeat(Number(row.getAttribute("aria-level"))) + row.querySelector(".title").textContent)"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus: whatever cannot be reached so is not for the keyboard."""
    target.wait_for()
    for _ in range(120):
        if target.evaluate(_IS_FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {target}")


def outline(page: Page) -> list[str]:
    """The tree as text: a dash for each level, and the title."""
    return list(page.locator(TREE).evaluate(_OUTLINE))


def expect_outline(page: Page, expected: list[str]) -> None:
    looking.until(page, lambda: outline(page) == expected, f"the outline {expected}")
    looking.settle(page)


def card(page: Page, text: str) -> Locator:
    return page.locator("[data-testid=trace] .card", has_text=re.compile(text))


def caption(page: Page, side: str) -> Locator:
    return page.locator(f"[data-testid=preview] [data-side={side}] figcaption b")


def always_fires(page: Page, name: str) -> None:
    """Move the slider of p to its end with the keyboard, and see in the strip that the selected step has fired."""
    slider = page.get_by_role("slider", name="Probability p")

    def applied() -> bool:
        tab_to(page, slider)
        page.keyboard.press("End")  # again, where the form was drawn again at that moment and swallowed the key
        looking.settle(page)
        return float(slider.input_value()) == 1 and card(page, name).get_attribute("data-status") == "applied"

    looking.until(page, applied, f"{name} at p = 1 being applied")


START = ["-HorizontalFlip", "-Affine", "-RandomBrightnessContrast"]
NESTED = ["-OneOf", "--HorizontalFlip", "--Affine", "-RandomBrightnessContrast"]
DEEPER = ["-OneOf", "--HorizontalFlip", "--Affine", "--RandomBrightnessContrast"]


def test_nest_move_undo_reload_trace_and_pick_with_the_keyboard_alone(page: Page, server: Server) -> None:
    looking.open_at_rest(page, server.url)
    tab_to(page, page.locator(TREE))
    keys = page.keyboard

    # Two steps into a OneOf, a third one in and out again; each row says how often it really fires.
    keys.press("Home")
    keys.press("Shift+ArrowDown")
    keys.press("g")
    keys.press("Enter")
    expect_outline(page, NESTED)
    expect(page.locator(f"{TREE} [role=treeitem]", has_text="HorizontalFlip")).to_contain_text("38")  # 0.5 of 1.3
    keys.press("End")
    keys.press("Alt+ArrowRight")
    expect_outline(page, DEEPER)
    keys.press("Alt+ArrowLeft")
    expect_outline(page, NESTED)

    # Undo returns to every earlier state, redo comes back, and a reload loses nothing of it.
    for expected in (DEEPER, NESTED, START):
        keys.press("Control+z")
        expect_outline(page, expected)
    for expected in (NESTED, DEEPER):
        keys.press("Control+Shift+z")
        expect_outline(page, expected)
    page.reload()
    looking.settle(page)
    expect_outline(page, DEEPER)
    tab_to(page, page.locator(TREE))
    keys.press("Control+z")
    expect_outline(page, NESTED)
    keys.press("Control+z")
    expect_outline(page, START)

    # Along the strip: a step before and after, large; its parameters come along; Escape shows the whole again.
    tab_to(page, page.locator("[data-testid=trace] .cards"))
    keys.press("Home")
    keys.press("ArrowRight")
    expect(caption(page, "after")).to_have_text(re.compile("After (HorizontalFlip|Affine|RandomBrightnessContrast)"))
    looking.settle(page)
    keys.press("Escape")
    expect(caption(page, "after")).to_have_text("After")
    looking.settle(page)

    # Find HistogramMatching by typing, let it fire always, and give it another reference picture.
    tab_to(page, page.get_by_role("combobox", name="Add a transform"))
    keys.type("HistogramM")
    keys.press("Enter")
    expect(page.locator("[data-testid=steps] li .title", has_text="HistogramMatching")).to_have_count(1)
    looking.settle(page)
    always_fires(page, "HistogramMatching")
    with_coffee = looking.fingerprint(page)
    tab_to(page, page.locator("[data-testid=grid] .cell", has_text="Flower"))
    keys.press("Space")
    expect(page.locator("[data-testid=grid] .cell[aria-pressed=true]")).to_have_count(2)
    tab_to(page, page.locator("[data-testid=grid] .cell", has_text="Coffee"))
    keys.press("Enter")
    expect(page.locator("[data-testid=grid] .cell[aria-pressed=true]")).to_have_count(1)
    looking.wait_for_another_picture(page, with_coffee)
    tab_to(page, page.locator("[data-testid=grid] .cell", has_text="Flower"))
    keys.press("Space")
    expect(page.get_by_text("choose 1 to 16 images")).to_be_visible()
    expect(looking.notice(page)).to_contain_text("last valid image")


def test_presets_targets_typed_boxes_and_what_is_too_much(page: Page, server: Server, tmp_path: Path) -> None:
    looking.open_at_rest(page, server.url)

    # A preset replaces the pipeline; Undo brings the old one back.
    page.get_by_role("button", name="Presets").click()
    expect(page.get_by_role("dialog").locator("img")).to_have_count(9)
    cards = page.locator("[class*=st-key-preset-card]")
    expect(cards).to_have_count(9)
    heights = [card.evaluate("card => card.getBoundingClientRect().height") for card in cards.all()]
    assert all(abs(left - right) < 1 for left, right in zip(heights[::2], heights[1::2], strict=False)), heights
    page.get_by_role("button", name="Open Strong").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("treeitem", name="SomeOf")).to_be_visible()
    looking.settle(page)
    assert "-SomeOf" in outline(page)
    expect(card(page, "not chosen").first).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect_outline(page, START)

    # A typed box that lies outside is told by its line; a right one is drawn.
    page.get_by_role("button", name="Targets").click()
    page.get_by_role("tab", name="Boxes").click()
    typed = page.get_by_role("textbox", name="Boxes of this image")
    typed.fill("10 10 200 200 0\n600 10 700 90 1")
    typed.press("Control+Enter")
    expect(page.get_by_text(re.compile("^Line 2"))).to_be_visible()
    typed.fill("10 10 200 200 0")
    typed.press("Control+Enter")
    expect(page.get_by_text(re.compile("^Line 2"))).to_have_count(0)
    expect(page.locator("[data-testid=preview] [data-side=before] svg rect")).to_have_count(1)
    page.keyboard.press("Escape")

    # Difference: the picture after changes, and the numbers are said.
    looking.settle(page)
    old = looking.fingerprint(page)
    page.get_by_text("Difference", exact=True).click()
    looking.wait_for_another_picture(page, old)
    expect(page.locator("[data-testid=preview] .remark")).to_contain_text("of 255 on average")
    page.get_by_text("Result", exact=True).click()
    looking.settle(page)

    # A slow step asks first; it is drawn in the background, and can be cancelled.
    box = page.get_by_role("combobox", name="Add a transform")
    box.click()
    box.fill("PiecewiseAffine")
    page.get_by_role("option", name=re.compile("PiecewiseAffine$")).click()
    expect(looking.notice(page)).to_contain_text("PiecewiseAffine takes about")
    with paused_drawing(server):
        page.get_by_role("button", name="Render once").click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("button", name="Render once")).to_be_visible()
    page.get_by_role("button", name="Render once").click()
    expect(looking.notice(page)).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect_outline(page, START)

    # Uploads: one that is too large is refused before it is sent, one of six megapixels is previewed from a copy.
    page.get_by_role("combobox", name="Image").click()
    page.get_by_role("option", name="Your own image").click()
    upload = page.locator("[data-testid=stFileUploaderDropzoneInput]").first
    huge = tmp_path / "huge.png"
    huge.write_bytes(bytes(33 * 1024 * 1024))
    upload.set_input_files(huge)
    expect(page.get_by_text("File must be 32.0MB or smaller")).to_be_visible()
    upload.set_input_files(_large_jpeg(tmp_path))
    expect(page.get_by_text("This image of 3000 × 2000 px is previewed as a copy of 1024 px")).to_be_visible()
    page.get_by_role("button", name="Full resolution").click()
    expect(page.locator("[data-testid=preview] [data-side=after] figcaption span")).to_contain_text("3000 × 2000 px")
    page.get_by_role("button", name="Back to the copy").click()
    expect(page.locator("[data-testid=preview] [data-side=after] figcaption span")).to_contain_text("1024 × 683 px")
    looking.settle(page)


def _large_jpeg(folder: Path) -> Path:
    tiles = np.random.default_rng(0).integers(0, 256, (20, 30, 3), np.uint8)
    Image.fromarray(np.kron(tiles, np.ones((100, 100, 1), np.uint8))).save(folder / "large.jpg")
    return folder / "large.jpg"

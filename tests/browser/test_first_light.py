"""From a slider to a live confusion matrix, as a person does it and sees it."""

import re

from playwright.sync_api import Page, expect

from scripts.server import Server
from tests.browser import looking
from tests.browser.forms import set_epochs, set_number
from tests.browser.pausing import Pause, has_validated, run_of

# Keeps what is painted as the augmented image, small, from the first on: a slow browser may answer the first question
# of a test only when most of the greeting is over.
_KEEP_PAINTED = """
window.painted = new Set();
const small = new OffscreenCanvas(16, 16).getContext("2d", { willReadFrequently: true });
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function (picture, ...place) {
  draw.call(this, picture, ...place);
  if (!this.canvas.matches("[data-side=after] .picture")) return;
  small.drawImage(picture, 0, 0, 16, 16);
  window.painted.add(small.getImageData(0, 0, 16, 16).data.join());
};"""


def add_step(page: Page, name: str) -> None:
    """Find a transform by typing, choose it, and wait until it is in the list."""
    box = page.get_by_role("combobox", name="Add a transform")
    box.click()
    box.fill(name)
    page.get_by_role("option", name=re.compile(rf" · {name}$")).click()
    expect(page.locator("[data-testid=steps] li .title", has_text=re.compile(f"^{name}$"))).to_have_count(1)
    looking.settle(page)


def remove_all(page: Page) -> None:
    for left in range(len(looking.titles(page)), 0, -1):
        page.get_by_role("button", name="Remove").click()
        expect(page.locator("[data-testid=steps] li")).to_have_count(left - 1)
    looking.settle(page)


def type_value(page: Page, field: str, value: str) -> None:
    box = page.get_by_role("spinbutton", name=field, exact=True)
    box.fill(value)
    box.press("Enter")
    looking.settle(page)


def test_the_first_page_moves_by_itself_and_rests_when_somebody_begins(page: Page, server: Server) -> None:
    slowed = page.context.new_cdp_session(page)
    slowed.send("Emulation.setCPUThrottlingRate", {"rate": 6})  # it lasts longer to load than the greeting would
    page.add_init_script(_KEEP_PAINTED)
    page.goto(server.url)
    # Without a click or a key, the greeting shows one augmented image after the other.
    looking.until(page, lambda: page.evaluate("painted.size") > 2, "a third picture")
    slowed.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    page.get_by_role("treeitem", name="Affine").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("switch", name="Play")).not_to_be_checked()


def test_build_three_steps_see_them_break_one_and_lose_nothing(page: Page, server: Server) -> None:
    looking.open_at_rest(page, server.url)
    remove_all(page)
    assert looking.fingerprint(page, "before") == looking.fingerprint(page, "after")
    for name in ("HorizontalFlip", "RandomCrop", "InvertImg"):
        add_step(page, name)
    assert looking.titles(page) == ["HorizontalFlip", "RandomCrop", "InvertImg"]

    # The mask is painted over the picture, moves with it, and its opacity follows the slider at once.
    assert 2 <= looking.colors(page, "after", "mask") <= 6  # clear, and the classes that the crop has kept
    assert looking.fingerprint(page, "before", "mask") != looking.fingerprint(page, "after", "mask")
    page.get_by_label("Mask opacity").press("Home")
    expect(looking.canvas(page, "after", "mask")).to_have_css("opacity", "0")

    # Another seed draws another crop; the values that were drawn stand below.
    old = looking.fingerprint(page)
    page.get_by_role("button", name="Next").click()
    looking.wait_for_another_picture(page, old)
    looking.settle(page)
    expect(page.locator("[data-testid=trace] .drawn")).to_contain_text("crop_coords")

    # A crop larger than the picture: told at the step, and the last good picture stays.
    page.get_by_role("treeitem", name="RandomCrop").click()
    page.get_by_text("Type exact values").click()
    expect(page.get_by_role("spinbutton", name="height", exact=True)).to_have_value("256")
    looking.settle(page)
    good = looking.fingerprint(page)
    type_value(page, "height", "4000")
    expect(page.get_by_text("exceeds image dimensions")).to_be_visible()
    expect(looking.notice(page)).to_contain_text("last valid image")
    assert looking.fingerprint(page) == good

    # A reload loses nothing: not the steps, not the wrong value, not the seed, not the picture.
    page.reload()
    looking.settle(page)
    assert looking.titles(page) == ["HorizontalFlip", "RandomCrop", "InvertImg"]
    expect(page.get_by_text("exceeds image dimensions")).to_be_visible()
    assert looking.fingerprint(page) == good

    # Undo brings back what was right; keys move and remove a step.
    page.get_by_role("button", name="Undo").click()
    expect(looking.notice(page)).to_be_hidden()
    page.locator("[data-testid=steps] ul").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("[data-testid=steps] li .title").first).to_have_text("RandomCrop")
    page.keyboard.press("Delete")
    expect(page.locator("[data-testid=steps] li")).to_have_count(2)
    looking.settle(page)


def test_a_file_that_is_no_picture_is_told_and_the_last_one_stays(page: Page, server: Server) -> None:
    looking.open_at_rest(page, server.url)
    page.get_by_role("combobox", name="Image").click()
    page.get_by_role("option", name="Your own image").click()
    looking.settle(page)
    old = looking.fingerprint(page, "before")
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(
        {"name": "notes.png", "mimeType": "image/png", "buffer": b"not a picture"}
    )
    expect(page.get_by_text("is not an image")).to_be_visible()
    assert looking.fingerprint(page, "before") == old


MATRIX = "[data-testid=plot][data-key$=confusion]"
LOSS = "[data-testid=plot][data-key$=loss]"


def cells(page: Page) -> list[str]:
    """The counts that are written into the confusion matrix."""
    return page.locator(f"{MATRIX} .annotation-text").all_text_contents()


def expect_latest(page: Page, epoch: int) -> None:
    expect(page.get_by_text(f"Latest: epoch {epoch}", exact=True)).to_be_visible()


def x_range(page: Page) -> list[float]:
    """What the loss chart shows of its horizontal axis."""
    found = page.locator(f"{LOSS} .js-plotly-plot").evaluate("chart => chart._fullLayout.xaxis.range.map(Number)")
    return [round(float(end), 3) for end in found]


def zoom(page: Page) -> None:
    """Draw a rectangle into the loss chart, as people zoom."""
    box = page.locator(f"{LOSS} .nsewdrag").first.bounding_box()
    assert box is not None
    left, top = box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(left + box["width"] * 0.3, top + box["height"] * 0.5, steps=5)
    page.mouse.up()


def test_train_watch_kill_the_server_come_back_stop(page: Page, server: Server) -> None:
    page.goto(server.url)
    looking.settle(page)
    page.get_by_role("button", name="Train with this").click()

    # A mistake is told at its field, and Start cannot be pressed.
    rate = page.get_by_role("textbox", name="Learning rate")
    for wrong, words in (("0", "must be above 0"), ("nan", "must be an ordinary number")):
        rate.fill(wrong)
        rate.press("Enter")
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_disabled()
    expect(page.get_by_text("Fix this before starting")).to_be_visible()
    rate.fill("0.003")
    rate.press("Enter")
    set_epochs(page, 60)
    page.locator("summary", has_text="More: generated images").click()
    set_number(page, "Training images", 80, "80 training images")

    # What was typed is still there after a reload.
    page.reload()
    expect(page.get_by_text("60 epochs")).to_be_visible()
    expect(page.get_by_role("textbox", name="Learning rate")).to_have_value("0.003")

    # Start: the run has a page and an address of its own; the matrix changes between epochs.
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/runs?*run=*")
    address = page.url
    early = Pause(run_of(address), has_validated(1))
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect_latest(page, len(early.wait().epochs))
    expect(page.locator(f"{MATRIX} .annotation-text")).to_have_count(25)
    page.get_by_text(re.compile("Latest: epoch")).click()
    first, whole = cells(page), x_range(page)
    zoom(page)
    looking.until(page, lambda: x_range(page) != whole, "a zoom")
    zoomed = x_range(page)
    epochs = looking.validated(page)
    later = Pause(run_of(address), has_validated(3))
    early.end()
    expect_latest(page, len(later.wait().epochs))
    looking.until(page, lambda: cells(page) != first, "another matrix")

    # The charts have grown meanwhile, in the same place, and the zoom has stayed.
    looking.until(page, lambda: len(looking.validated(page)) > len(epochs), "a longer curve")
    assert page.locator(LOSS).get_attribute("data-mounts") == "1"
    assert x_range(page) == zoomed

    # A click on a cell leads to the section that takes the matrix apart.
    page.locator(f"{MATRIX} .nsewdrag").first.click(position={"x": 20, "y": 12})
    expect(
        page.get_by_text(re.compile(r"True circle, predicted circle: \d+ of \d+ images in epoch \d+"))
    ).to_be_visible()

    # The server dies without a word; the run goes on, and its page finds all of it.
    server.kill()
    without = Pause(run_of(address), has_validated(5))
    later.end()
    trained = len(without.wait().epochs)
    server.start()
    page.goto(address)
    expect_latest(page, trained)
    looking.until(page, lambda: looking.validated(page) == [*range(1, trained + 1)], "a curve of all epochs")

    # Stop saves and ends it; the list says so, and Back leads to the run again.
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Stopping: saving first")).to_be_disabled()
    without.end()
    expect(page.get_by_text("stopped", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    page.get_by_role("button", name="All runs").click()
    row = page.locator("[data-testid=run-list] a")
    expect(row).to_have_count(1)
    expect(page.locator("[data-testid=run-list] li")).to_contain_text("stopped")
    page.go_back()
    expect(page.get_by_text(re.compile("Latest: epoch"))).to_be_visible()
    page.get_by_role("button", name="All runs").click()
    row.click()
    expect(page.get_by_text(re.compile("Latest: epoch"))).to_be_visible()

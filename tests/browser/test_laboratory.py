"""Code that people have comes in, is compared, measured, and goes out as a link that opens elsewhere."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from scripts.server import Server
from tests.browser import looking
from tests.browser.pausing import paused_drawing

CODE = b"""
import albumentations as albu
import cv2

def transforms(opt):
    train = albu.Compose([
        albu.RandomResizedCrop(opt.image_size, opt.image_size, scale=(0.3, 1.0)),
        albu.GaussNoise(var_limit=(100.0, 400.0), p=1),
        ToTensorV2(),
    ])
    valid = albu.Compose([albu.CenterCrop(height=200, width=200)])
    return train, valid
"""


def read_code(page: Page) -> None:
    """Import CODE: choose the first of its two pipelines, say what opt.image_size is, open it."""
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(
        {"name": "transforms.py", "mimeType": "text/x-python", "buffer": CODE}
    )
    expect(dialog.get_by_text("2 pipelines found")).to_be_visible()
    dialog.get_by_text(re.compile("valid .* steps: 1")).click()
    expect(dialog.get_by_text("CenterCrop", exact=False).first).to_be_visible()
    dialog.get_by_text(re.compile("train .* steps: 2")).click()
    answer = dialog.get_by_role("textbox", name=re.compile("^opt"))
    answer.fill("a lot")
    answer.press("Enter")
    expect(dialog.get_by_text("is not a number, list")).to_be_visible()
    answer.fill("224")
    answer.press("Enter")
    expect(dialog.get_by_text("size=[224, 224]")).to_be_visible()
    expect(dialog.get_by_text("ToTensorV2", exact=False).first).to_be_visible()  # a note says why it is set aside
    dialog.get_by_role("button", name="Open this pipeline").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("[data-testid=steps] li .title")).to_have_text(["RandomResizedCrop", "GaussNoise"])
    looking.settle(page)


def test_code_is_imported_compared_measured_and_shared(
    page: Page, open_window: Callable[[], Page], server: Server
) -> None:
    looking.open_at_rest(page, server.url)
    read_code(page)
    expect(page.locator("[data-testid=preview] [data-side=after] figcaption span")).to_contain_text("224 × 224 px")
    shown = looking.fingerprint(page)

    # The link opens the same picture elsewhere, and what is done there is done there only.
    page.get_by_role("button", name="Export, share").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("A.RandomResizedCrop(size=(224, 224)", exact=False)).to_be_visible()
    dialog.get_by_text("Link", exact=True).click()
    address = dialog.locator("code", has_text="?p=").inner_text()
    page.keyboard.press("Escape")
    elsewhere = open_window()
    elsewhere.goto(address)
    looking.until(elsewhere, lambda: looking.fingerprint(elsewhere) == shown, "the shared image")
    elsewhere.reload()
    looking.settle(elsewhere)
    looking.until(elsewhere, lambda: looking.fingerprint(elsewhere) == shown, "the shared image after a reload")
    elsewhere.get_by_role("button", name="Next").click()
    looking.wait_for_another_picture(elsewhere, shown)
    assert looking.fingerprint(page) == shown

    compare(page)
    measure(page, server)


def compare(page: Page) -> None:
    """A against B on the same seeds, in the laboratory; B is taken, and put back."""
    page.get_by_role("link", name="Laboratory").click()
    page.get_by_text("A/B", exact=True).click()
    board = page.locator(".board")
    expect(board).to_contain_text("512 × 512")  # beside 224 px
    expect(board.locator(".cell:not(.waiting)")).to_have_count(8)
    ours, theirs = board.locator(".cell canvas").nth(0), board.locator(".cell canvas").nth(1)
    before = looking.painted(ours), looking.painted(theirs)
    page.get_by_role("combobox", name="B", exact=True).click()
    page.get_by_role("option", name=re.compile("Strong")).click()
    looking.until(page, lambda: looking.painted(theirs) != before[1], "another image of B")
    assert looking.painted(ours) == before[0]
    page.get_by_role("button", name="Use B").click()
    looking.until(page, lambda: looking.painted(ours) != before[0], "B in the place of A")
    page.get_by_role("button", name="Undo").click()
    looking.until(page, lambda: looking.painted(ours) == before[0], "A again")
    page.get_by_role("link", name="Augment").click()
    expect(page.locator("[data-testid=steps] li .title")).to_have_text(["RandomResizedCrop", "GaussNoise"])


def measure(page: Page, server: Server) -> None:
    """Ten thousand draws are cancelled, a hundred are counted to the end, and a reload has the result."""
    page.get_by_role("link", name="Laboratory").click()
    page.get_by_text("Statistics", exact=True).click()
    page.get_by_text("10,000", exact=True).click()
    page.get_by_role("button", name="Measure").click()
    expect(page.get_by_text(re.compile(r"of 10,000 draws · \d+ draws/s"))).to_be_visible()
    with paused_drawing(server):
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_text("Canceled after")).to_be_visible()
    page.locator("p", has_text=re.compile("^100$")).first.click()
    page.get_by_role("button", name="Measure").click()
    lost = page.get_by_text(re.compile("of the boxes are lost, most of them at RandomResizedCrop"))
    expect(lost).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    page.reload()
    expect(lost).to_be_visible()

    _tools_stand_above_the_chart(page)
    page.get_by_text("Gallery", exact=True).click()
    search = page.get_by_role("searchbox").or_(page.locator(".find input")).first
    search.fill("rain")
    shown = page.locator(".board .cell:not([hidden])")
    expect(shown.filter(has_text="RandomRain")).to_have_count(1)
    expect(shown.filter(has_text="LongestMaxSize")).to_have_count(0)  # its summary says "constraint"
    _help_is_one_key_away(page)
    _a_phone_shows_the_image_first(page)
    _words_on_the_accent_can_be_read_in_the_dark(page)


def _tools_stand_above_the_chart(page: Page) -> None:
    plot = page.locator("[data-testid=plot]").first
    tools = plot.locator(".modebar")
    plot.scroll_into_view_if_needed()
    expect(tools).to_have_css("opacity", "0")
    plot.hover()
    expect(tools).to_have_css("opacity", "1")
    of_tools, of_plot = tools.bounding_box(), plot.locator(".nsewdrag").first.bounding_box()
    assert of_tools is not None
    assert of_plot is not None
    assert of_tools["y"] + of_tools["height"] <= of_plot["y"]


def _help_is_one_key_away(page: Page) -> None:
    page.locator(".board .cell:not([hidden])").first.focus()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Help")).to_be_visible()
    page.get_by_text("Keys", exact=True).click()
    expect(page.get_by_role("cell", name="Ctrl+Z, Ctrl+Shift+Z")).to_be_visible()
    page.reload()
    expect(page.get_by_role("cell", name="Ctrl+Z, Ctrl+Shift+Z")).to_be_visible()


def _a_phone_shows_the_image_first(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(page.url.split("/help")[0])
    looking.settle(page)
    image = page.locator("[data-testid=preview]").bounding_box()
    steps = page.locator("[data-testid=steps]").bounding_box()
    assert image is not None
    assert steps is not None
    assert image["y"] + image["height"] < min(844, steps["y"])


_CONTRAST = """(element) => {
  const light = (color) => {
    const parts = color.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
      .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const { color, backgroundColor } = getComputedStyle(element);
  const [low, high] = [light(color), light(backgroundColor)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}"""


def _words_on_the_accent_can_be_read_in_the_dark(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    button = page.get_by_role("button", name="Train with this")
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.reload()
        looking.until(page, lambda: button.evaluate(_CONTRAST) >= 4.5, f"readable words in the {scheme} theme")

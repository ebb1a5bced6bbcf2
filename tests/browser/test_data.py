"""The Data page as a person uses it: choose a data set, open the images of a bar, take its channels along, go back."""

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from scripts.server import Server
from tests.browser import looking, placing
from tests.browser.forms import retype

BARS = "[data-testid=plot][data-key^='data_balance']"


@pytest.fixture
def insects(home: Path) -> Path:
    """Ants, which are dark, and bees, which are bright."""
    generator = np.random.default_rng(0)
    with placing.data_set(home, "insects") as root:
        for part, count in (("train", 5), ("val", 3)):
            for name, gray in (("ants", 60), ("bees", 180)):
                (root / part / name).mkdir(parents=True)
                for number in range(count):
                    pixels = (gray + generator.integers(-20, 20, (40, 60, 3))).astype(np.uint8)
                    Image.fromarray(pixels).save(root / part / name / f"{name}{part}{number}.png")
    return home / "data" / "insects"


def press(page: Page, bar: Locator) -> None:
    """Click a bar where it is: plotly lays a surface of its own over the chart."""
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_bar_opens_its_images_and_channels_go_into_the_pipeline(insects: Path, server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data?data=image_folder:{insects}")
    expect(page.get_by_text("16 images in 2 classes: 10 in training, 6 in validation.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"All [\d,]+ images decode\."))).to_be_visible()
    heading = page.locator(".st-key-data_wall_heading")
    expect(heading).to_contain_text("All images · 16 images")

    # By the keyboard: the first bar is that of ants in training, to the right of it is validation.
    bars = page.locator(BARS)
    expect(bars).to_have_attribute("data-updates", re.compile(r"\d"))
    bars.focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(heading).to_contain_text("ants, validation · 3 images")
    expect(heading).to_be_in_viewport()
    page.get_by_role("button", name="Show all images").click()
    expect(heading).to_contain_text("All images · 16 images")

    # By the pointer: the darkest bar of a histogram has ants only.
    page.get_by_text("Brightness and sharpness", exact=True).click()
    brightness = page.locator("[data-testid=plot][data-key$=brightness]")
    press(page, brightness.locator(".bars .point").first)
    expect(heading).to_contain_text("Brightness")
    names = page.locator("[class*='st-key-data_wall'] .cell .name")
    expect(names.first).to_contain_text("ants")
    names.first.click()
    expect(page.get_by_text(re.compile("60 × 40 px, PNG, brightness"))).to_be_visible()
    page.keyboard.press("Escape")

    page.get_by_text("Channels", exact=True).click()
    page.get_by_role("button", name="Put into Normalize").click()
    expect(page.get_by_text("The open pipeline now ends with Normalize and these values.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The open pipeline now ends with Normalize")).to_have_count(0)
    page.get_by_role("button", name="Put into Normalize").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()

    page.get_by_role("button", name="Open in Augment").click()
    page.locator(looking.PREVIEW).wait_for()
    expect(page.get_by_role("treeitem", name="Normalize")).to_be_visible()
    expect(page.get_by_role("combobox", name="Data set")).to_have_value("insects")


@pytest.mark.usefixtures("insects")
def test_the_address_keeps_the_choice_and_back_returns_to_it(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data")
    expect(page.get_by_text("16 images in 2 classes")).to_be_visible()  # the first that is found
    sets = page.get_by_role("combobox", name="Data set")
    for typed, said in (
        ("/etc", "/etc is outside the folders that this page may read"),
        ("Handwritten digits", "of 10 classes|in 10 classes"),
    ):
        sets.click()
        sets.fill(typed)
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile(said)).first).to_be_visible()
        looking.rest(page)  # until the script has ended, the field of before may be there, too
    expect(page).to_have_url(re.compile("data=digits"))
    page.reload()
    expect(page.get_by_text(re.compile("in 10 classes"))).to_be_visible()
    page.go_back()
    expect(page.get_by_text("16 images in 2 classes")).to_be_visible()


# Keeps what is sent when something was clicked in a component, to send it once more.
_SENDS_AGAIN = """(() => {
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    if (new TextDecoder("latin1").decode(data).includes("data_balance")) window.sendAgain = () => send.call(this, data);
    send.call(this, data);
  };
})()"""


def test_what_a_page_has_sent_before_a_button_led_to_another_one_does_not_lead_back(
    insects: Path, server: Server, page: Page
) -> None:
    page.add_init_script(_SENDS_AGAIN)
    page.goto(f"{server.url}/data?data=image_folder:{insects}")
    expect(page.get_by_text(re.compile(r"All [\d,]+ images decode\."))).to_be_visible()
    looking.rest(page)
    press(page, page.locator(BARS).locator(".bars .point").first)
    expect(page.locator(".st-key-data_wall_heading")).to_contain_text("5 images")
    page.get_by_role("button", name="Train on this").click()
    expect(page.get_by_text("10 training images, 6 validation images")).to_be_visible()
    looking.rest(page)
    page.evaluate("window.sendAgain()")  # as a busy browser does whose page has not changed yet
    retype(page, "Batch size", 4)
    expect(page.get_by_text("epochs of")).to_be_visible()  # not before: there are 10 images, and 16 to a batch
    expect(page).to_have_url(re.compile("/train"))


def _zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return content.getvalue()


def test_a_zip_file_of_class_folders_is_shown_and_a_bomb_is_refused(insects: Path, server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data")
    expect(page.get_by_text("16 images in 2 classes")).to_be_visible()
    page.get_by_role("button", name="Upload").click()
    chooser = page.locator("input[type=file]")
    bomb = _zipped({"ants/huge.bmp": bytes(20_000_000)})
    chooser.set_input_files({"name": "bomb.zip", "mimeType": "application/zip", "buffer": bomb})
    expect(page.get_by_text(re.compile(r"bomb\.zip was not unpacked\..*times as large"))).to_be_visible()
    expect(page.get_by_text("16 images in 2 classes")).to_be_visible()
    looking.rest(page)  # until the script has ended, the uploader of before takes no file

    files = {f"벌/{file.parent.name}/{file.name}": file.read_bytes() for file in sorted(insects.glob("train/*/*.png"))}
    chooser.set_input_files({"name": "my bees.zip", "mimeType": "application/zip", "buffer": _zipped(files)})
    expect(page.get_by_text("my bees.zip was unpacked: 10 files")).to_be_visible()
    expect(page.get_by_text("10 images in 2 classes")).to_be_visible()
    expect(page.get_by_text("All 10 images decode.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"data=image_folder.*my-bees"))
    expect(page.locator("[class*='st-key-data_samples'] .cell .name").first).to_contain_text(re.compile("ants|bees"))

"""Paths of data sets that are typed: on the Augment page and on the Train page."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from scripts.server import Server
from tests.browser import looking, placing


@pytest.fixture
def data(home: Path) -> Path:
    """The folder that pages may read; `hidden` lies too deep to be found."""
    for top, below in (("insects", "."), ("a", "b/c/d/hidden")):
        with placing.data_set(home, top) as root:
            for name in ("ants", "bees"):
                (root / below / name).mkdir(parents=True)
                for index in range(5):
                    Image.new("RGB", (32, 32), (40 * index, 80, 0)).save(root / below / name / f"{index}.png")
    return home / "data"


def test_a_path_can_be_typed_and_one_outside_is_refused(data: Path, server: Server, page: Page) -> None:
    def type_into(field: Locator, text: str) -> None:
        field.click()
        field.fill(text)
        page.keyboard.press("Enter")

    looking.open_at_rest(page, server.url)
    type_into(page.get_by_role("combobox", name=re.compile("^(Picture|Image)$")), "A sample of")
    sets = page.get_by_role("combobox", name="Data set")
    expect(sets).to_be_visible()
    type_into(sets, "/etc")
    expect(page.get_by_text("/etc is outside the folders that this page may read")).to_be_visible()
    type_into(sets, "a/b/c/d/hidden")
    expect(page.get_by_text("ants/", exact=False).first).to_be_visible()
    expect(page.get_by_text("outside the folders")).to_have_count(0)
    page.goto(f"{server.url}/train")
    page.get_by_text("Image folder").click()
    folder = page.get_by_role("combobox", name="Folder")
    expect(folder).to_be_visible()
    type_into(folder, str(data / "a/b/c/d/hidden"))
    expect(page.get_by_text("8 training images, 2 validation images")).to_be_visible()
    type_into(folder, "/etc")
    expect(page.get_by_text("/etc is outside the folders that this page may read").first).to_be_visible()

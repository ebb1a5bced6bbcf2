"""From a slider to a live confusion matrix, as a person does it and sees it."""

import re

from playwright.sync_api import Page, expect

from scripts.server import Server
from tests.browser import looking


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
    box = page.get_by_label(field, exact=True)
    box.fill(value)
    box.press("Enter")
    looking.settle(page)


def test_the_first_page_moves_by_itself_and_rests_when_somebody_begins(page: Page, server: Server) -> None:
    page.goto(server.url)
    first = looking.fingerprint(page)
    looking.wait_for_another_picture(page, first)  # nobody touched it
    page.get_by_role("option", name="Affine").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("switch", name="Play")).not_to_be_checked(timeout=10_000)


def test_build_three_steps_see_them_break_one_and_lose_nothing(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_text("Play", exact=True).click()
    looking.settle(page)
    remove_all(page)
    assert looking.fingerprint(page, "before") == looking.fingerprint(page, "after")
    for name in ("HorizontalFlip", "RandomCrop", "InvertImg"):
        add_step(page, name)
    assert looking.titles(page) == ["HorizontalFlip", "RandomCrop", "InvertImg"]

    # The mask is painted over the picture, moves with it, and its opacity follows the slider at once.
    assert 2 <= looking.colours(page, "after", "mask") <= 6  # clear, and the classes that the crop has kept
    assert looking.fingerprint(page, "before", "mask") != looking.fingerprint(page, "after", "mask")
    page.get_by_label("Mask opacity").press("Home")
    expect(looking.canvas(page, "after", "mask")).to_have_css("opacity", "0")

    # Another seed draws another crop; the values that were drawn stand below.
    old = looking.fingerprint(page)
    page.get_by_role("button", name="Next").click()
    looking.wait_for_another_picture(page, old)
    looking.settle(page)
    expect(page.locator("[data-testid=preview] .drawn")).to_contain_text("crop_coords")

    # A crop larger than the picture: told at the step, and the last good picture stays.
    page.get_by_role("option", name="RandomCrop").click()
    page.get_by_text("Type exact values").click()
    looking.settle(page)
    good = looking.fingerprint(page)
    type_value(page, "height", "4000")
    expect(page.get_by_text("exceeds image dimensions")).to_be_visible()
    expect(looking.notice(page)).to_contain_text("last valid picture")
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
    page.goto(server.url)
    page.get_by_text("Play", exact=True).click()
    looking.settle(page)
    page.get_by_role("combobox", name="Picture").click()
    page.get_by_role("option", name="Your own picture").click()
    looking.settle(page)
    old = looking.fingerprint(page, "before")
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(
        {"name": "notes.png", "mimeType": "image/png", "buffer": b"not a picture"}
    )
    expect(page.get_by_text("is not an image")).to_be_visible()
    assert looking.fingerprint(page, "before") == old

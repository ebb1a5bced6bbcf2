"""Typing into the form of the Train page."""

import re

from playwright.sync_api import Page, expect

from tests.browser.looking import rest


def set_number(page: Page, label: str, value: int, effect: str) -> None:
    """Type into a field, and wait until the summary shows the effect, a pattern."""
    box = page.get_by_role("spinbutton", name=label)
    box.fill(str(value))
    box.press("Enter")
    expect(page.get_by_text(re.compile(effect))).to_be_visible()


def set_epochs(page: Page, epochs: int) -> None:
    """Set the number of epochs."""
    set_number(page, "Epochs", epochs, rf"\b{epochs} epochs of")


def few_small_images(page: Page) -> None:
    """Have an epoch of generated images last a moment, where the run is what a test is about."""
    page.locator("summary", has_text="More: generated images").click()
    set_number(page, "Training images", 80, "80 training images")
    set_number(page, "Validation images", 40, "40 validation images")
    retype(page, "Image size", 64)


def retype(page: Page, label: str, value: int) -> None:
    """Type into a field that changes nothing in the summary, and wait until the page has taken it."""
    box = page.get_by_role("spinbutton", name=label)
    box.fill(str(value))
    box.press("Enter")
    rest(page)

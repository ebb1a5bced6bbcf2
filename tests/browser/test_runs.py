"""Several runs, as a person has them: one waits, one is told, stopped, resumed, changed, renamed, deleted, put back."""

import re

from playwright.sync_api import Page, expect

from scripts.server import Server
from tests.browser import looking
from tests.browser.forms import few_small_images, set_epochs
from tests.browser.pausing import Pause, has_begun, has_validated, run_of


def start(page: Page) -> str:
    """Press Start, and return the address of the new run's page."""
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/runs?*run=*")
    return page.url


def state(page: Page, word: str) -> None:
    expect(page.get_by_text(word, exact=True).first).to_be_visible()


def test_two_runs_from_the_queue_to_the_trash_and_back(page: Page, server: Server) -> None:
    looking.open_at_rest(page, server.url)

    # The first trains, the second waits and says for what.
    page.get_by_role("button", name="Train with this").click()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_be_visible()
    looking.rest(page)
    few_small_images(page)
    set_epochs(page, 2)
    beginning = Pause(run_of(start(page)), has_begun)
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.get_by_role("link", name="Train").click()
    set_epochs(page, 3)
    second = start(page)
    midst = Pause(run_of(second), has_validated(1))
    beginning.wait()
    state(page, "queued")
    expect(page.get_by_text("next in line")).to_be_visible()
    expect(page.get_by_role("link", name="Runs (2)")).to_be_visible()

    # On another page, a message when the first ends; the preview stays where it is.
    page.get_by_role("link", name="Augment").click()
    looking.settle(page)
    slider = page.get_by_role("slider", name="Probability p")
    slider.focus()
    shown = looking.fingerprint(page)
    beginning.end()
    toast = page.get_by_test_id("stToast")
    expect(toast).to_contain_text(re.compile(r"finished · AUROC 0\.\d{3}"))
    expect(page.get_by_role("link", name="Runs (1)")).to_be_visible()
    assert looking.fingerprint(page) == shown
    expect(slider).to_be_focused()

    # The second began by itself.
    midst.wait()
    page.goto(second)
    expect(page.get_by_text(re.compile("Latest: epoch"))).to_be_visible()

    # Renamed while it lives; Enter submits.
    page.get_by_role("button", name="More").click()
    name = page.get_by_role("textbox", name="Name", exact=True)
    name.fill("Long one")
    name.press("Enter")
    expect(page.get_by_role("heading", name="Long one")).to_be_visible()
    expect(name).to_have_count(0)

    # Stopped in the midst of its work, it goes on from there.
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Stopping: saving first")).to_be_disabled()
    state(page, "stopping")
    midst.end()
    state(page, "stopped")
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(re.compile(r"Resumed once: attempt 2 from step \d+"))).to_be_visible()
    state(page, "finished")
    expect(page.get_by_text("Latest: epoch 3")).to_be_visible()
    looking.until(page, lambda: looking.validated(page) == [1, 2, 3], "a curve of all epochs")
    expect(page.get_by_role("button", name="Resume")).to_have_count(0)

    # The same again with one change, which the form tells.
    page.get_by_role("button", name="Duplicate and change").click()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_have_value("3")
    set_epochs(page, 1)
    expect(page.get_by_text("was 3")).to_be_visible()
    expect(page.get_by_text("Differs from Long one: Epochs 3 → 1")).to_be_visible()

    # Deleted, and put back.
    page.goto(second)
    page.get_by_role("button", name="More").click()
    page.get_by_role("button", name="Delete").click()
    row = page.locator("[data-testid=run-list] li", has_text="Long one")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(1)

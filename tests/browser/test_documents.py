"""Pipelines as documents in a real browser: Back, Reload, the links of the top bar, and what a browser had last."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from scripts.server import Server
from tests.browser import looking
from tests.browser.test_first_light import add_step

DRAFT = re.compile(r"draft=([\w-]+)")


def draft(page: Page) -> str:
    found = DRAFT.search(page.url)
    assert found is not None
    return found[1]


def expect_draft(page: Page, wanted: str, steps: list[str]) -> None:
    expect(page).to_have_url(re.compile(f"draft={wanted}"))
    expect(page.locator("[data-testid=steps] li .title")).to_have_text(steps)
    looking.settle(page)


def test_back_reload_recent_and_links_keep_each_pipeline(
    page: Page, server: Server, open_window: Callable[[], Page]
) -> None:
    looking.open_at_rest(page, server.url)
    add_step(page, "InvertImg")
    first, steps = draft(page), looking.titles(page)
    page.get_by_role("button", name="File").click()
    page.get_by_role("button", name="New pipeline").click()
    expect(page.get_by_role("button", name="New pipeline")).to_be_hidden()
    expect(page.get_by_text("No steps yet. Add one on the left.")).to_be_visible()
    expect(page).not_to_have_url(re.compile(f"draft={first}"))
    second = draft(page)
    page.reload()
    expect_draft(page, second, [])
    page.go_back()
    expect_draft(page, first, steps)
    page.go_forward()
    expect_draft(page, second, [])
    page.get_by_role("button", name="File").click()
    page.get_by_role("button", name=re.compile("InvertImg")).click()
    expect_draft(page, first, steps)
    page.go_back()
    expect_draft(page, second, [])
    page.go_back()
    expect_draft(page, first, steps)

    # Another page and back is one step of the history each; another tab by the link has the same pipeline.
    page.get_by_role("link", name="Help").click()
    expect(page).to_have_url(re.compile(rf"/help\?draft={first}"))
    page.go_back()
    expect_draft(page, first, steps)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Laboratory").click(modifiers=["ControlOrMeta"])
    expect(opened.value).to_have_url(re.compile(rf"/laboratory\?draft={first}"))

    # The bare address is what this browser had last, and for another browser the sample.
    opened.value.goto(server.url)
    expect_draft(opened.value, first, steps)
    stranger = open_window()
    stranger.goto(server.url)
    looking.settle(stranger)
    assert draft(stranger) not in (first, second)
    assert looking.titles(stranger) == ["HorizontalFlip", "Affine", "RandomBrightnessContrast"]

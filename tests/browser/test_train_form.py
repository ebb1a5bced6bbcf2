"""The Train page in a browser: what only shows there."""

from playwright.sync_api import Page, expect

from scripts.server import Server


def test_a_link_to_a_field_gives_it_the_focus_and_the_curve_follows_what_is_typed(server: Server, page: Page) -> None:
    page.goto(f"{server.url}/train?field=pct_start")
    field = page.get_by_role("spinbutton", name="pct_start")
    expect(field).to_be_focused()
    expect(field).to_be_in_viewport()
    chart = page.locator("[data-testid=plot][data-key=train_curve]")
    expect(chart).to_have_attribute("data-updates", "1")
    before = chart.get_attribute("data-revision") or ""
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(chart).not_to_have_attribute("data-revision", before)
    expect(chart).to_have_attribute("data-mounts", "1")

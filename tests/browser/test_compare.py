"""Two runs compared: from the list, by an address that can be reloaded, with colors that stay and pictures."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.figures.palette import rgb, run_color
from scripts.server import Server
from tests.browser.looking import until
from tests.runs.paired import digits, digits_run

A_WRONG, B_WRONG = (3, 10, 11, 12), (3, 40, 41)
SHOWN = """(root) => Object.fromEntries(root.querySelector(".canvas").data
  .filter((trace) => trace.showlegend).map((trace) => [trace.name, [trace.line.color, trace.visible ?? true]]))"""
RANGE = "(root) => root.querySelector('.canvas').layout.xaxis.range.map(Number)"


def row(page: Page, name: str) -> Locator:
    return page.locator("[data-testid=compared] tbody tr", has_text=name)


@pytest.mark.usefixtures("home")
def test_two_runs_are_compared_from_the_list_to_the_images_that_changed_sides(page: Page, server: Server) -> None:
    digits_run("gone", epochs=3)
    one, two = digits_run("one", A_WRONG, epochs=3), digits_run("two", B_WRONG, epochs=3)
    page.goto(f"{server.url}/runs")
    page.get_by_role("checkbox", name="Select all shown runs").check()
    page.get_by_role("button", name="Compare", exact=True).click()

    # The curves: a click on the legend hides a run, and the others keep their colors when one is taken out.
    chart = page.locator(".explorer-plot[data-updates]")
    expect(chart).to_be_visible()
    expect(page.locator("[data-testid=compared] tbody tr")).to_have_count(3)
    before = chart.evaluate(SHOWN)
    assert {color for color, _ in before.values()} == {run_color(place) for place in range(3)}
    row(page, "gone").get_by_role("button", name="Remove gone from the comparison").click()
    expect(page.locator("[data-testid=compared] tbody tr")).to_have_count(2)
    until(page, lambda: set(chart.evaluate(SHOWN)) == {"one", "two"}, "the curve of the run that was taken out is gone")
    assert chart.evaluate(SHOWN).items() <= before.items()
    dot = row(page, "two").locator("i").evaluate("(dot) => getComputedStyle(dot).backgroundColor")
    assert tuple(map(int, re.findall(r"\d+", dot))) == rgb(before["two"][0])
    chart.locator(".legendtoggle").first.click()
    until(page, lambda: "legendonly" in [seen for _, seen in chart.evaluate(SHOWN).values()], "a click hides a run")
    page.get_by_text("Time", exact=True).click()
    expect(chart).to_contain_text("time worked")
    assert "legendonly" in [seen for _, seen in chart.evaluate(SHOWN).values()]

    # The difference, whichever run is the reference, after a reload too.
    row(page, "one").get_by_role("button", name="Compare the others with one").click()
    expect(row(page, "one").locator(".mark")).to_have_text("reference")
    page.get_by_role("tab", name="Metrics").click()
    expect(page.get_by_text("3 only B gets right, 2 only A")).to_be_visible()
    expect(page.get_by_text("these two models")).to_be_visible()
    page.reload()
    expect(page.locator("[data-testid=compared] tbody tr")).to_have_count(2)
    assert one.id in page.url
    assert two.id in page.url
    expect(row(page, "one").locator(".mark")).to_have_text("reference")

    # The images that changed sides are those that one of the models gets wrong.
    page.get_by_role("tab", name="Images").click()
    cells = page.locator("[data-testid=grid] .cell")
    expect(cells).to_have_count(2)
    for place in (40, 41):
        expect(page.get_by_text(digits()[0].ids[place], exact=True)).to_be_visible()
    page.get_by_text("A wrong, B right (3)").click()
    expect(cells).to_have_count(3)

    # A run opens, and Back leads to the comparison and to the list again.
    row(page, "two").get_by_role("link", name="two").click()
    expect(page.get_by_role("button", name="Back to the comparison")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-testid=compared]")).to_be_visible()
    page.get_by_role("button", name="All runs").click()
    expect(page.locator("[data-testid=run-list]")).to_be_visible()

"""Finding and tidying up runs, with the mouse and with the keyboard, while another one trains."""

import json
import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page, expect

from explorer.runs.launchers import local
from explorer.runs.life import launcher, trash
from explorer.runs.record import meta, outcome
from explorer.runs.record.outcome import Outcome
from explorer.runs.record.paths import RunPaths, list_runs
from explorer.runs.state.status import State
from scripts.server import Server
from tests.runs.conftest import make_folder, wait_for_state

NAMES = ("ada", "bob", "cleo", "dora", "emil", "fritz")


@pytest.fixture
def runs(server: Server) -> list[RunPaths]:
    """Six runs that are over: the last is archived, the even ones have a tag."""
    del server  # it makes the home
    made = [make_folder(f"run-{name}", f"개미 {name}") for name in NAMES]
    for number, paths in enumerate(made):
        outcome.write(paths, Outcome("finished", "All epochs are done.", 1.0, best={"auroc": 0.6 + number / 20}))
        meta.change(paths, tags=["../even one"] if number % 2 == 0 else [], archived=number == 5)
    return made


def rows(page: Page) -> Locator:
    return page.locator("[data-testid=run-list] li")


def expect_names(page: Page, names: Sequence[str]) -> None:
    expect(rows(page).locator(".name")).to_have_text([f"개미 {name}" for name in names])


def count(page: Page) -> Locator:
    return page.locator("[data-testid=run-list] .count")


@pytest.mark.usefixtures("runs")
def test_runs_are_found_by_words_tags_and_order_and_it_is_remembered(page: Page, server: Server) -> None:
    tried = make_folder("tried", "a quick check")
    tried.config.write_text(json.dumps(json.loads(tried.config.read_text()) | {"kind": "check"}))
    outcome.write(tried, Outcome("finished", "All 7 checks are done.", 1.0))
    page.goto(f"{server.url}/runs")
    expect(count(page)).to_have_text("5 of 6")  # the archived one is out of sight, and the quick check is not counted
    switch = page.get_by_label("Show quick checks and rate searches (1)")
    switch.check()
    expect(count(page)).to_have_text("6 of 7")
    switch.uncheck()
    heads = page.locator("[data-testid=run-list] .columns")
    expect(heads).to_contain_text("Pipeline")
    heads.get_by_role("button", name="Name").click()
    expect_names(page, NAMES[:5])
    heads.get_by_role("button", name="Name").click()
    expect_names(page, NAMES[4::-1])
    page.get_by_role("checkbox", name="Select 개미 ada").check()
    page.get_by_role("checkbox", name="Select 개미 bob").check()
    expect(page.get_by_role("button", name="Compare", exact=True)).to_be_enabled()
    page.get_by_role("button", name="Clear selection").click()
    page.get_by_role("button", name="Reverse order").click()
    page.get_by_label("Show archived").check()
    expect(count(page)).to_have_text("6 of 6")
    page.get_by_label("Order", exact=True).select_option("auroc")
    expect_names(page, NAMES[::-1])
    rows(page).nth(1).get_by_role("button", name="../even one").click()
    expect(count(page)).to_have_text("3 of 6")
    search = page.get_by_role("searchbox", name="Search")
    search.fill("digits 개미 cleo")
    expect(count(page)).to_have_text("1 of 6")

    # It is all there again after a look at one of them.
    rows(page).locator("a").click()
    page.get_by_role("button", name="All runs").click()
    expect(count(page)).to_have_text("1 of 6")
    expect(search).to_have_value("digits 개미 cleo")
    search.press("Escape")
    expect(search).to_have_value("")
    expect_names(page, ("emil", "cleo", "ada"))
    search.fill("nothing of the kind")
    page.get_by_role("button", name="Clear the filters").click()
    expect(count(page)).to_have_text("5 of 6")


@pytest.mark.usefixtures("runs")
def test_a_hand_on_the_keyboard_moves_chooses_searches_and_opens(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/runs")
    expect(count(page)).to_have_text("5 of 6")
    search = page.get_by_role("searchbox", name="Search")
    search.focus()
    page.keyboard.press("ArrowDown")
    expect(rows(page).nth(0).locator("a")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")
    expect(rows(page).nth(1).get_by_role("checkbox")).to_be_checked()
    expect(count(page)).to_have_text("5 of 6 · 1 selected")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("dora")
    expect(count(page)).to_have_text(re.compile("^1 of 6"))
    page.keyboard.press("Escape")
    expect(count(page)).to_have_text("5 of 6 · 1 selected")
    page.keyboard.press("ArrowDown")
    opened = rows(page).nth(0).get_attribute("data-id")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="All runs")).to_be_visible()
    assert opened is not None
    expect(page).to_have_url(re.compile(re.escape(opened)))


def test_ticks_leave_rows_and_focus_alone_and_what_lives_is_not_deleted(
    page: Page, server: Server, runs: list[RunPaths], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "TRAINER", "tests.runs.trainer")
    alive = make_folder("living", "works_until_stopped")
    launcher.launch_attempt(alive, 1)
    wait_for_state(alive, State.RUNNING)
    page.goto(f"{server.url}/runs")
    expect(count(page)).to_have_text("6 of 7")
    row = page.locator(f"[data-id='{runs[1].id}']")
    row.evaluate("(row) => { row.mine = true; }")
    row.locator("a").focus()

    # Something changes elsewhere: it arrives, and nothing that was there is made again.
    meta.change(runs[0], name="이름 new")
    expect(page.get_by_text("이름 new")).to_be_visible()
    expect(row.locator("a")).to_be_focused()
    assert row.evaluate("(row) => row.mine") is True

    page.get_by_label("Select all shown runs").check()
    expect(count(page)).to_have_text("6 of 7 · 6 selected")
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Deleted 5 runs.")).to_be_visible()
    expect(page.get_by_text("Stop it first")).to_be_visible()
    expect(count(page)).to_have_text("1 of 2")
    assert len(trash.deleted()) == 5
    page.get_by_role("button", name="Undo").click()
    expect(count(page)).to_have_text("6 of 7")
    assert len(list_runs()) == 7


def test_checkpoints_are_removed_only_after_a_second_question(page: Page, server: Server, runs: list[RunPaths]) -> None:
    runs[0].checkpoints.mkdir()
    runs[0].best.write_bytes(b"b")
    runs[0].last.write_bytes(b"l" * 3_000_000)
    page.goto(f"{server.url}/runs")
    page.get_by_role("checkbox", name="Select 개미 ada").check()
    page.get_by_role("button", name="Keep best checkpoints only").click()
    page.get_by_role("button", name="Cancel").click()
    assert runs[0].last.exists()
    page.get_by_role("button", name="Keep best checkpoints only").click()
    page.get_by_role("button", name="Remove the other checkpoints").click()
    expect(page.get_by_text("Freed 3 MB in 1 run.")).to_be_visible()
    assert not runs[0].last.exists()

"""From a run to the images that are its mistakes, and a flag on one of them, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from explorer.metrics.mistakes import judge
from explorer.runs.record import flags
from scripts.server import Server
from tests.browser.looking import until
from tests.ui.evidence.test_mistakes import FALLEN, LABELS, NEVER, logits_with, make_run


@pytest.mark.usefixtures("home")
def test_the_most_confident_mistake_is_opened_flagged_and_listed(page: Page, server: Server) -> None:
    paths = make_run()
    wrong = (*FALLEN, *NEVER)
    judged = judge(logits_with(wrong), LABELS)
    page.goto(f"{server.url}/runs?run={paths.id}")
    page.get_by_role("tab", name="Mistakes", exact=True).click()
    cells = page.locator("[data-testid=grid] .cell")
    expect(cells).to_have_count(len(wrong))
    ids = [int(cell.get_attribute("data-id") or -1) for cell in cells.all()]
    assert ids == sorted(wrong, key=lambda index: -judged.confidence[index])

    cells.first.click()
    expect(page.get_by_text(re.compile(f"True class: {LABELS[ids[0]]}\\."))).to_be_visible()
    note = page.get_by_role("textbox", name="Note")
    note.fill("=blurred")
    note.press("Control+Enter")
    until(page, lambda: [flag.note for flag in flags.read(paths).values()] == ["=blurred"], "the note in its file")
    expect(page.get_by_role("checkbox", name="Flag this image")).to_be_checked()

    page.locator("[data-testid=stButtonGroup]").get_by_text("Flagged · 1").click()
    expect(cells).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    assert "'=blurred" in download.value.path().read_text(encoding="utf-8-sig")

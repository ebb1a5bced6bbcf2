"""A report in a browser without a network: it opens from the disk, its figures zoom, and each can be saved."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Download, Page, expect

from explorer.base.tables import csv_bytes
from explorer.figures import scripts
from explorer.report import command
from explorer.report.reported import read
from explorer.runs.cli.main import main
from explorer.runs.record.paths import RunPaths
from explorer.texts import Charts
from explorer.texts import Report as T
from tests.report.conftest import written_run

HOSTILE = "</script><script>document.title='taken'</script>"


@pytest.fixture
def run() -> RunPaths:
    return written_run("ants & <b>bees</b>", ["=ants", HOSTILE], epochs=4)


@pytest.fixture
def page(run: RunPaths, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The report of the run, opened from the disk. A request or a message of an error fails the test."""
    file = tmp_path / "the report.html"
    assert main(["report", run.id, "-o", str(file)], more=(command.add,)) == 0
    context = browser.new_context(offline=True, viewport={"width": 1024, "height": 800}, color_scheme="dark")
    opened, trouble = context.new_page(), []
    opened.on("console", lambda message: trouble.append(message.text))
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on("request", lambda request: trouble.append(request.url) if request.url.startswith("http") else None)
    opened.goto(file.as_uri())
    yield opened
    context.close()
    assert trouble == []


def figure(page: Page, key: str) -> str:
    place = f"[data-figure='1-{key}']"
    page.locator(place).scroll_into_view_if_needed()
    expect(page.locator(f"{place} .main-svg").first).to_be_visible()
    return place


def saved(page: Page, key: str, words: str) -> Download:
    place = figure(page, key)
    page.locator(place).hover()
    with page.expect_download() as found:
        page.locator(f"{place} .modebar-btn[data-title='{words}']").click()
    return found.value


def rows_of(download: Download) -> list[list[str]]:
    return list(csv.reader(io.StringIO(download.path().read_text("utf-8-sig"))))


def test_a_figure_zooms_and_every_figure_is_saved_as_a_picture_and_as_a_table(page: Page, run: RunPaths) -> None:
    assert page.title() == T.TITLE.format(name="ants & <b>bees</b>")
    place = page.locator(f"{figure(page, 'auroc')} .nsewdrag").first
    before = "place => place.closest('[data-figure]')._fullLayout.xaxis.range.map(Number)"
    whole = place.evaluate(before)
    box = place.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.7, steps=4)
    page.mouse.up()
    zoomed = place.evaluate(before)
    assert zoomed[1] - zoomed[0] < (whole[1] - whole[0]) * 0.5
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    snapshot = read(run).snapshot
    curve = saved(page, "auroc", Charts.SAVING["csv"])
    assert curve.suggested_filename == f"{run.id}-auroc.csv"
    head, *rows = rows_of(curve)
    assert head == [Charts.SAVING["series"], "epoch", "AUROC"]
    assert [(int(x), float(y)) for _, x, y in rows] == [
        (point.number, pytest.approx(point.value("auroc"), abs=1e-5)) for point in snapshot.epochs
    ]
    matrix = rows_of(saved(page, "confusion", Charts.SAVING["csv"]))
    record = read(run).record
    assert record is not None
    assert matrix[0] == ["true \\ predicted", "'=ants", HOSTILE]
    assert [row[0] for row in matrix[1:]] == ["'=ants", HOSTILE]
    assert [[int(cell) for cell in row[1:]] for row in matrix[1:]] == record.confusion.tolist()

    svg = saved(page, "auroc", Charts.SAVING["svg"])
    assert svg.path().read_text().startswith("<svg")
    png = saved(page, "auroc", Charts.SAVING["png"])
    assert png.suggested_filename == f"{run.id}-auroc.png"
    content = png.path().read_bytes()
    assert content.startswith(b"\x89PNG")
    assert int.from_bytes(content[16:20]) >= 2 * 720  # its width in px


def test_a_table_is_written_as_on_the_server(browser: Browser) -> None:
    texts = ["plain", "=1+1", " +1", "＝1", "-1", "@x", "'quoted", "\ttab", 'a "b", c', "line\nbreak", "ünï", ""]
    rows: list[list[str | float | None]] = [[text, 1.5, None] for text in texts]
    page = browser.new_page()
    written = page.evaluate(f"(rows) => {{ {scripts.shared('saving')} return csvText(rows); }}", [["head"], *rows])
    page.close()
    assert written.encode() == csv_bytes(["head"], rows)

"""A recipe, typed on the keyboard alone, tried, trained, and watched while an epoch runs."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from explorer.runs.overview.view import RunSnapshot
from explorer.runs.record.paths import list_runs
from explorer.runs.record.running import Running
from explorer.runs.spec.config import RunConfig, loads
from scripts.server import Server
from tests.browser import looking
from tests.browser.pausing import Pause, run_of

_MOST_TABS = 150
# Of the matrix of the training batches: all its counts, once it is drawn.
_COUNTED = """() => {
  const chart = document.querySelector("[data-testid=plot][data-key$=running] .js-plotly-plot");
  return chart?.data ? chart.data[0].customdata.flat().reduce((sum, cell) => sum + cell[0], 0) : 0;
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until it has the focus."""
    expect(target).to_be_visible()
    for _ in range(_MOST_TABS):
        if target.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{_MOST_TABS} presses of Tab do not lead to {target}")


def settle(page: Page) -> None:
    """Wait until the page has nothing more to do for what was typed."""
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def retype(page: Page, field: Locator, value: str) -> None:
    """Put `value` into a field in the place of what is there."""
    tab_to(page, field)
    page.keyboard.press("Control+A")
    page.keyboard.type(value)
    page.keyboard.press("Enter")
    settle(page)
    expect(field).to_have_value(value)


def number(page: Page, label: str) -> Locator:
    return page.get_by_role("spinbutton", name=label, exact=True)


def press(page: Page, name: str, key: str = "Enter") -> None:
    """Press a button."""
    tab_to(page, page.get_by_role("button", name=name, exact=True))
    page.keyboard.press(key)


def unfold(page: Page, title: str) -> None:
    """Open what is folded."""
    tab_to(page, page.locator("summary", has_text=title))
    page.keyboard.press("Enter")
    settle(page)


def counted_after(before: Running | None) -> Callable[[RunSnapshot], bool]:
    """Whether the trainer has counted more images of the same epoch; None: any at all."""

    def more(run: RunSnapshot) -> bool:
        now = run.running
        if now is None or run.step < now.step:  # a page draws it once the event of its step is written, too
            return False
        return before is None or (now.epoch == before.epoch and now.seen > before.seen)

    return more


def expect_counted(page: Page, pause: Pause) -> Running:
    """See in the running matrix what a paused trainer has counted."""
    running = pause.wait().running
    assert running is not None
    expect(
        page.get_by_text(re.compile(rf"Epoch {running.epoch + 1}, {running.seen:,} of [\d,]+ images"))
    ).to_be_visible()
    looking.until(page, lambda: page.evaluate(_COUNTED) == running.seen, f"a matrix of {running.seen} images")
    return running


def asked(kind: str) -> RunConfig:
    (found,) = (config for run in list_runs() if (config := loads(run.config.read_bytes())).kind == kind)
    return found


def test_a_recipe_is_typed_tried_and_watched_with_the_keyboard_alone(page: Page, server: Server) -> None:
    page.goto(f"{server.url}/train")
    expect(number(page, "Epochs")).to_be_visible()
    settle(page)

    # From the top of the page to its end, in the order in which it is read.
    unfold(page, "More: generated images")
    retype(page, number(page, "Training images"), "400")
    retype(page, number(page, "Validation images"), "60")
    retype(page, number(page, "Image size (px)"), "64")
    retype(page, number(page, "Epochs"), "2")
    retype(page, page.get_by_role("textbox", name=re.compile("^Learning rate")), "5e-3")
    unfold(page, "More: optimizer")
    tab_to(page, page.get_by_role("combobox", name=re.compile("Optimizer")))
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    settle(page)
    unfold(page, "Head and loss")
    retype(page, number(page, "Label smoothing"), "0.1")

    # A quick check of it, which takes nothing but a press.
    press(page, "Quick check", "Space")
    expect(page.get_by_text(re.compile("The run would take about")).first).to_be_visible()
    expect(page.get_by_text("A new network with the saved weights gives the same answers")).to_be_visible()

    press(page, "Start")
    page.wait_for_url("**/runs?*run=*")
    run = run_of(page.url)
    first = Pause(run, counted_after(None))
    counted = expect_counted(page, first)
    second = Pause(run, counted_after(counted))
    page.wait_for_timeout(1000)  # a trainer counts once a second, and a fast one has done the epoch in less
    first.end()
    assert expect_counted(page, second).seen <= 400
    second.end()

    # What is seen is what was typed, and when it is over all charts are where they were.
    expect(page.get_by_text("finished", exact=True).first).to_be_visible()
    expect(page.get_by_text("Latest: epoch 2")).to_be_visible()
    # Neither an epoch nor the end has moved or mounted them: a zoom would have stayed.
    for chart in ("loss", "confusion", "running"):
        expect(page.locator(f"[data-testid=plot][data-key$={chart}]")).to_have_attribute("data-mounts", "1")
    matrix = page.locator("[data-testid=plot][data-key$=confusion] .js-plotly-plot")
    assert matrix.evaluate("chart => chart.data[0].customdata.flat().reduce((sum, cell) => sum + cell[0], 0)") == 60
    train, check = asked("train"), asked("check")
    typed = (train.label_smoothing, train.epochs, train.learning_rate, train.optimizer, train.dataset.kind)
    assert typed == (0.1, 2, 0.005, "sgd", "shapes")
    assert check.model_copy(update={"kind": "train", "name": train.name}) == train

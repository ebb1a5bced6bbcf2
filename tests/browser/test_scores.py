"""The threshold of a run's scores, moved by keyboard: the numbers in the page against scikit-learn's."""

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint

from explorer.runs.record import thresholds
from scripts.server import Server
from tests.browser.looking import until
from tests.runs.validated import ended_run, scored

NAMES = ["ants", "bees"]
# Where the mark on a chart is, in the units of its axes.
MARKED = """root => {
  const { xaxis, yaxis } = root.querySelector(".canvas")._fullLayout, dot = root.querySelector(".mark-dot").style;
  return [xaxis.p2d(parseFloat(dot.left) - xaxis._offset), yaxis.p2d(parseFloat(dot.top) - yaxis._offset)];
}"""
CELLS = ("tn", "fp", "fn", "tp")


def cells(panel: Locator) -> list[int]:
    """The four counts that the page shows."""
    return [int(panel.locator(f"[data-cell={name}] b").inner_text().replace(",", "")) for name in CELLS]


def score(panel: Locator, name: str) -> float:
    return float(panel.locator(f"[data-score={name}] dd").inner_text())


def agree(panel: Locator, odds: np.ndarray, labels: np.ndarray) -> None:
    """The matrix and the scores are those of scikit-learn at the threshold of the page."""
    predicted = odds >= float(panel.get_attribute("data-threshold") or "nan")
    assert cells(panel) == metrics.confusion_matrix(labels, predicted).ravel().tolist()
    expected = {
        "precision": metrics.precision_score(labels, predicted),
        "recall": metrics.recall_score(labels, predicted),
        "specificity": metrics.recall_score(labels, predicted, pos_label=0),
        "f1": metrics.f1_score(labels, predicted),
        "accuracy": metrics.accuracy_score(labels, predicted),
    }
    assert {name: score(panel, name) for name in expected} == pytest.approx(expected, abs=0.0006)
    tn, fp, fn, tp = cells(panel)
    for name, part, whole in (("precision", tp, tp + fp), ("recall", tp, tp + fn), ("accuracy", tp + tn, len(labels))):
        between = panel.locator(f"[data-score={name}] .between").inner_text().split(" to ")
        assert [*map(float, between)] == pytest.approx(proportion_confint(part, whole, method="wilson"), abs=0.0006)


@pytest.mark.usefixtures("home")
def test_a_threshold_is_moved_by_keyboard_and_kept(page: Page, server: Server) -> None:
    logits, labels = scored(200, apart=1.5)
    odds = logits[:, 1].astype(np.float64) - logits[:, 0]
    later = (0.5 * logits - [0.0, 1.0]).astype(np.float32)
    paths = ended_run([(logits, labels), (later, labels)], NAMES)
    page.goto(f"{server.url}/runs?run={paths.id}")
    page.get_by_role("tab", name="Scores", exact=True).click()
    panel = page.locator("[data-testid=threshold][data-painted]")
    slider = panel.get_by_role("slider", name="Threshold for bees")
    slider.focus()
    agree(panel, odds, labels)
    for key in ("ArrowRight", "ArrowLeft", "ArrowLeft", "PageUp", "PageDown", "PageDown", "ArrowDown"):
        before = cells(panel)
        slider.press(key)
        agree(panel, odds, labels)
        assert cells(panel) != before
    slider.press("Home")
    assert cells(panel) == [0, int((labels == 0).sum()), 0, int((labels == 1).sum())]
    slider.press("End")
    assert cells(panel)[3] == 0
    expect(panel.locator("[data-score=precision] dd")).to_have_text("undefined")

    # The mark on the ROC curve is where the curve is.
    panel.get_by_role("button", name="Youden’s J").click()
    agree(panel, odds, labels)
    false_rate, found_rate, _ = metrics.roc_curve(labels, odds)
    assert score(panel, "youden") == pytest.approx((found_rate - false_rate).max(), abs=0.0006)
    roc = page.locator("[data-testid=plot][data-key$=':roc']")
    expect(roc.locator(".mark-dot")).to_be_visible()
    here = pytest.approx([1 - score(panel, "specificity"), score(panel, "recall")], abs=0.005)
    until(page, lambda: roc.evaluate(MARKED) == here, "the mark on the curve")

    # The other buttons, and a wish that cannot be met.
    panel.get_by_role("button", name="Best F1").click()
    values = [metrics.f1_score(labels, odds >= cut) for cut in odds]
    assert score(panel, "f1") == pytest.approx(max(values), abs=0.0006)
    wanted = panel.get_by_role("spinbutton", name="Wanted recall in percent")
    wanted.fill("90")
    wanted.press("Enter")
    agree(panel, odds, labels)
    assert score(panel, "recall") >= 0.9
    recall = metrics.recall_score(labels, odds >= odds[odds > float(panel.get_attribute("data-threshold") or 0)].min())
    assert recall == pytest.approx(score(panel, "recall"), abs=0.0006)

    # Kept, and removed.
    panel.get_by_role("button", name="Keep for predictions").click()
    expect(page.get_by_text("Kept for predictions: bees")).to_be_visible()
    (one,) = thresholds.read(paths)
    assert (one.class_name, one.chosen, one.wanted) == ("bees", "recall", 0.9)
    assert ((odds >= one.log_odds) & (labels == 1)).sum() == cells(panel)[3]
    page.get_by_role("button", name="Remove").click()
    until(page, lambda: not thresholds.read(paths), "the removal of the threshold")

    # The choice is still there after a look at another section.
    shown = cells(panel)
    page.get_by_role("tab", name="Curves", exact=True).click()
    page.get_by_role("tab", name="Scores", exact=True).click()
    until(page, lambda: cells(panel) == shown, "the same threshold")

    # In another epoch, whose scores are in the same order, the same wish has another threshold and the same counts.
    before = panel.get_attribute("data-threshold")
    page.get_by_role("combobox", name="Epoch").click()
    page.get_by_role("option", name="Epoch 2").click()
    until(page, lambda: panel.get_attribute("data-threshold") != before, "the threshold of epoch 2")
    assert cells(panel) == shown
    agree(panel, later[:, 1].astype(np.float64) - later[:, 0], labels)

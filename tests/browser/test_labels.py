"""Several labels for an image in a real browser: from a table on the Data page to the threshold of each label."""

import csv
import itertools
import re
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from sklearn import metrics

from explorer.metrics.table import SCORES
from explorer.runs.overview.best import best_point
from explorer.runs.overview.evidence import Evidence
from explorer.runs.overview.view import RunView
from explorer.runs.record import thresholds
from explorer.runs.record.paths import RunPaths
from scripts.server import Server
from tests.browser import placing
from tests.browser.forms import retype, set_epochs
from tests.browser.pausing import run_of

NAMES = ("fire", "sea", "wood")
SIDE = 48  # px of an image
COPIES = 3  # images of each of the 8 combinations of labels


def table(home: Path) -> Path:
    """Write images with a band of its own color for each of their labels, and the table that lists them."""
    with placing.data_set(home, "elements") as root:
        _write(root)
    return home / "data" / "elements" / "labels.csv"


def _write(root: Path) -> None:
    generator = np.random.default_rng(0)
    rows = []
    for number, has in enumerate([*itertools.product((False, True), repeat=len(NAMES))] * COPIES):
        pixels = generator.integers(60, 110, (SIDE, SIDE, 3), np.uint8)
        for at in np.flatnonzero(has):
            pixels[6 + 13 * at : 16 + 13 * at, 6:-6, at] = 230
        Image.fromarray(pixels).save(root / f"{number}.png")
        rows.append((f"{number}.png", "|".join(itertools.compress(NAMES, has))))
    with (root / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("image", "labels"), *rows])


def scored(paths: RunPaths) -> tuple[np.ndarray, np.ndarray, dict[str, float]]:
    """The (N, L) log odds and labels of the validation images at the best epoch, and the means by scikit-learn."""
    view = RunView(paths)
    found = view.refresh()
    best = best_point(paths, found.config, found.epochs)
    assert best is not None
    record = Evidence(view).record(best.epoch)
    assert record is not None
    assert record.logits is not None
    assert record.labels is not None
    odds, labels = record.logits.astype(np.float64), record.labels
    predicted = odds > 0
    counted = labels.any(axis=1) | predicted.any(axis=1)  # an image without any label has no F1 of its own
    means = {
        "mAP": metrics.average_precision_score(labels, odds, average="macro"),
        "F1, macro": metrics.f1_score(labels, predicted, average="macro", zero_division=0),
        "F1, micro": metrics.f1_score(labels, predicted, average="micro", zero_division=0),
        "F1, samples": metrics.f1_score(labels[counted], predicted[counted], average="samples", zero_division=0),
    }
    return odds, labels, means


def counts(panel: Locator) -> list[int]:
    return [int(panel.locator(f"[data-cell={name}] b").inner_text()) for name in ("tn", "fp", "fn", "tp")]


def agree(panel: Locator, odds: np.ndarray, labels: np.ndarray) -> list[int]:
    """The matrix and F1 of a label are those of scikit-learn at the threshold of the page. Returns the matrix."""
    predicted = odds >= float(panel.get_attribute("data-threshold") or "nan")
    found = counts(panel)
    assert found == metrics.confusion_matrix(labels, predicted, labels=[0, 1]).ravel().tolist()
    f1 = float(panel.locator("[data-score=f1] dd").inner_text())
    assert abs(f1 - metrics.f1_score(labels, predicted, zero_division=0)) < 0.0006
    return found


def choose(page: Page, panel: Locator, label: str) -> Locator:
    """Choose the label whose threshold is shown, and return its slider."""
    page.get_by_role("combobox", name="Label").click()
    page.get_by_role("option", name=label, exact=True).click()
    slider = panel.get_by_role("slider", name=f"Threshold for {label}")
    expect(slider).to_be_visible()
    return slider


def test_a_table_of_several_labels_from_its_look_to_a_threshold_of_each(home: Path, server: Server, page: Page) -> None:
    page.goto(f"{server.url}/data?data=csv:{table(home)}")
    expect(page.get_by_text("24 images with 3 labels, of which an image can have several")).to_be_visible()
    expect(page.get_by_text("3 images have no label.")).to_be_visible()
    bars = page.locator("[data-testid=plot][data-key*=data_balance] .js-plotly-plot")
    shown = bars.evaluate("chart => chart.data.map(trace => Array.from(trace.x))")
    assert np.sum(shown, axis=0).tolist() == [4 * COPIES] * len(NAMES)

    page.get_by_role("button", name="Train on this").click()
    expect(page.get_by_text(re.compile(r"fire: \d+ train, \d+ validation"))).to_be_visible()
    retype(page, "Image size", 64)
    set_epochs(page, 3)
    page.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/runs?*run=*")

    # Opened while it trains, the section follows to the last epoch: means over labels and images, and each label.
    page.get_by_role("tab", name="Labels", exact=True).click()
    expect(page.get_by_text("finished", exact=True).first).to_be_visible()
    paths = run_of(page.url)
    odds, labels, found = scored(paths)
    for words, value in found.items():
        expect(page.get_by_text(f"{words} {value:.3f}")).to_be_visible()
    expect(page.get_by_text("Confusion matrix of fire")).to_be_visible()

    # The keyboard moves the threshold of one label, and with it its matrix and F1, but not those of another one.
    page.get_by_role("tab", name="Scores", exact=True).click()
    panel = page.locator("[data-testid=threshold][data-painted]")
    choose(page, panel, "wood")
    other = agree(panel, odds[:, 2], labels[:, 2])
    slider = choose(page, panel, "sea")
    seen = [agree(panel, odds[:, 1], labels[:, 1])]
    for key in ("Home", "ArrowUp", "ArrowUp"):
        slider.press(key)
        seen.append(agree(panel, odds[:, 1], labels[:, 1]))
    assert len(set(map(tuple, seen[1:]))) == 3
    page.get_by_role("button", name="Keep for predictions").click()
    expect(page.get_by_text("Kept for predictions: sea")).to_be_visible()
    assert [(one.class_name, one.class_index) for one in thresholds.read(paths)] == [("sea", 1)]
    choose(page, panel, "wood")
    assert agree(panel, odds[:, 2], labels[:, 2]) == other
    expect(panel).to_have_attribute("data-threshold", "0")
    choose(page, panel, "sea")
    assert agree(panel, odds[:, 1], labels[:, 1]) == seen[-1]

    # What is said of the classes of an image elsewhere is said of its labels here.
    assert "class" not in panel.inner_text()
    page.get_by_role("tab", name="By label", exact=True).click()
    expect(page.get_by_text("Each label by itself: images with it against those without.")).to_be_visible()

    # Curves gives the place of the matrices, which each label has for itself, to two more metrics.
    page.get_by_role("tab", name="Curves", exact=True).click()
    expect(page.get_by_text("Each label has a matrix of its own")).to_be_visible()
    for metric in SCORES["labels"][:4]:
        drawn = page.locator(f"[data-testid=plot][data-key$={metric.key}] .js-plotly-plot")
        expect(drawn).to_be_visible()
        assert len(drawn.evaluate("chart => Array.from(chart.data[0].x)")) == 3

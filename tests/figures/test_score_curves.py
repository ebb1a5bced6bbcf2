"""The charts of the scores of one class: checked on their data, against scikit-learn."""

import json
import re

import numpy as np
import pytest
from sklearn import metrics

from explorer.figures import palette, score_curves
from explorer.metrics.thresholds import Cuts

NAMES, COLORS = ("bees", "ants"), (palette.class_color(1), palette.class_color(0))


def scores(count: int, apart: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(count)
    truth = rng.random(count) < 0.4
    return rng.normal(0, 2, count) + apart * truth, truth


@pytest.mark.parametrize(("count", "apart"), [(60, 2.0), (5_000, 3.0)])
def test_the_curves_are_those_of_scikit_learn(count: int, apart: float) -> None:
    odds, truth = scores(count, apart)
    figures = score_curves.figures(Cuts.of_scores(odds, truth), NAMES, COLORS, "a")
    json.dumps(figures, allow_nan=False)
    roc, pr, f1 = (figures[name]["data"][-1] for name in ("roc", "pr", "f1"))
    assert len(roc["x"]) <= score_curves.charts.MAX_POINTS
    assert metrics.auc(roc["x"], roc["y"]) == pytest.approx(metrics.roc_auc_score(truth, odds), abs=0.002)
    precision, recall, _ = metrics.precision_recall_curve(truth, odds)
    points = np.stack([recall, precision], axis=1)
    for x, y in zip(pr["x"], pr["y"], strict=True):
        assert np.abs(points - [x, y]).sum(axis=1).min() < 1e-5
    for threshold, value in zip(f1["x"][::50], f1["y"][::50], strict=True):
        assert value == pytest.approx(metrics.f1_score(truth, odds >= threshold - 1e-4), abs=0.02)


def test_calibration_groups_have_their_shares() -> None:
    odds, truth = scores(5_000, 3.0)
    (_, drawn, bars) = score_curves.calibration(Cuts.of_scores(odds, truth))["data"]
    chances = 1 / (1 + np.exp(-odds))
    edges = np.quantile(chances, np.linspace(0, 1, 11))
    for group, (x, y) in enumerate(zip(drawn["x"], drawn["y"], strict=True)):
        inside = (chances >= edges[group]) & (chances <= edges[group + 1])
        assert x == pytest.approx(chances[inside].mean(), abs=0.01)
        assert y == pytest.approx(truth[inside].mean(), abs=0.01)
    assert sum(bars["y"]) == 5_000


def test_the_axes_fit_a_good_curve_and_say_so() -> None:
    odds, truth = scores(2_000, 10.0)
    figures = score_curves.figures(Cuts.of_scores(odds, truth), NAMES, COLORS, "a")
    roc = figures["roc"]["layout"]
    assert metrics.roc_auc_score(truth, odds) > 0.99
    assert roc["yaxis"]["range"][0] > 0.5
    assert roc["xaxis"]["range"][1] < 0.2
    assert figures["pr"]["layout"]["yaxis"]["range"][0] > 0.5
    assert re.fullmatch(r"recall, 0\.\d+ to 1 only", roc["yaxis"]["title"]["text"])
    whole = score_curves.roc(Cuts.of_scores(*scores(2_000, 0.5)))["layout"]
    assert whole["yaxis"]["range"] == [-0.02, 1.02]
    assert whole["yaxis"]["title"]["text"] == "recall"


def test_what_is_undefined_is_left_out() -> None:
    odds, _ = scores(20, 1.0)
    all_of_it, none, empty = (Cuts.of_scores(odds[:size], odds[:size] > level) for size, level in (
        (20, -99), (20, 99), (0, 0)
    ))  # fmt: skip
    found = [set(score_curves.figures(cuts, NAMES, COLORS, "a")) for cuts in (all_of_it, none, empty)]
    assert found == [{"pr", "f1", "calibration", "distribution"}, {"calibration", "distribution"}, set()]


def test_confident_scores_do_not_take_the_axis() -> None:
    odds = np.array([-3e38, -800.0, -2.0, 1.0, 800.0, 3e38])
    figures = score_curves.figures(Cuts.of_scores(odds, odds > 0), NAMES, COLORS, "a")
    json.dumps(figures, allow_nan=False)
    assert figures["distribution"]["layout"]["xaxis"]["range"][1] < 50
    assert sum(count for bars in figures["distribution"]["data"] for _, count in bars["customdata"]) == 6


def test_a_perfect_curve_keeps_its_corner() -> None:
    odds, truth = scores(5_000, 40.0)
    figures = score_curves.figures(Cuts.of_scores(odds, truth), NAMES, COLORS, "a")
    drawn = figures["roc"]["data"][-1]
    assert list(zip(drawn["x"], drawn["y"], strict=True)) == [(0, 0), (0, 1), (1, 1)]

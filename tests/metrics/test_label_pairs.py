"""Differences between two models of several labels, against scikit-learn and a plain bootstrap."""

import numpy as np
import pytest
from sklearn import metrics as sk

from explorer.metrics import label_pairs
from explorer.metrics.label_pairs import COMPARED, differences
from explorer.metrics.pairs import Answers
from explorer.metrics.resampling import draws
from explorer.metrics.table import LISTED

REFERENCE = {
    "auroc": lambda y, s, p: sk.roc_auc_score(y, s, average="macro"),
    "f1_macro": lambda y, s, p: sk.f1_score(y, p, average="macro"),
    "mean_precision": lambda y, s, p: sk.average_precision_score(y, s, average="macro"),
    "f1_labels": lambda y, s, p: sk.f1_score(y, p, average="micro"),
    "subset_accuracy": lambda y, s, p: sk.accuracy_score(y, p),
    "hamming_loss": lambda y, s, p: sk.hamming_loss(y, p),
}


def made() -> tuple[np.ndarray, Answers, Answers]:
    """Labels of 60 images, and two models of which the second is better; scores have ties."""
    draw = np.random.default_rng(3)
    labels = (draw.random((60, 3)) < (0.5, 0.3, 0.4)).astype(np.int64)
    found = []
    for strength in (0.6, 1.6):
        logits = (labels * strength + draw.normal(0, 1, labels.shape) - 0.5).round(1).astype(np.float32)
        found.append(Answers(logits, (logits > 0).astype(np.int64)))
    return labels, *found


def test_values_and_intervals_are_those_of_a_plain_paired_bootstrap() -> None:
    labels, a, b = made()
    found = differences(labels, a, b, count=20)
    weights = np.concatenate(list(draws(np.zeros(60, np.int64), 20)))
    for key, metric in REFERENCE.items():
        one = found[key]
        assert (one.a, one.b) == pytest.approx([metric(labels, x.logits, x.predicted) for x in (a, b)]), key
        drawn = []
        for each in weights:
            rows = np.repeat(np.arange(60), each)
            values = [metric(labels[rows], x.logits[rows], x.predicted[rows]) for x in (a, b)]
            drawn.append(values[1] - values[0])
        assert (one.low, one.high) == pytest.approx(np.quantile(drawn, [0.025, 0.975])), key
        assert not one.approximate
    assert found.keys() == set(COMPARED)
    assert {key for key, metric in LISTED["labels"].items() if metric.of != "loss"} <= found.keys()


def test_many_scores_are_approximated_and_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, a, b = made()
    exact = differences(labels, a, b)
    monkeypatch.setattr(label_pairs, "MOST_SCORES", 1)
    rough = differences(labels, a, b)
    for key in ("auroc", "mean_precision"):
        assert rough[key].approximate
        assert (rough[key].low, rough[key].high) == pytest.approx((exact[key].low, exact[key].high), abs=0.03)
    assert rough["f1_macro"] == exact["f1_macro"]


def test_equal_models_do_not_differ_and_what_is_undefined_says_why() -> None:
    labels, a, _ = made()
    assert all(one.none for one in differences(labels, a, a).values())
    alone = np.ones((8, 2), np.int64)
    answers = Answers(np.zeros((8, 2), np.float32), alone)
    found = differences(alone, answers, answers)
    assert found["auroc"].difference is None
    assert "all validation images" in found["auroc"].why_a
    assert found["mean_precision"].none

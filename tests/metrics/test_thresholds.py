"""Thresholds of one class: their counts and the best ones, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from explorer.metrics import thresholds
from explorer.metrics.scores import log_odds, score_histogram
from explorer.metrics.thresholds import Cuts

# Few different scores, so that ties are common.
SCORES = st.lists(
    st.tuples(st.sampled_from([-3.5, -1.0, 0.0, 0.25, 2.0, 40.0]), st.booleans()), min_size=1, max_size=40
)


@given(SCORES)
def test_the_counts_at_each_cut_are_those_of_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    scores, truth = np.array([score for score, _ in pairs]), np.array([true for _, true in pairs])
    cuts = Cuts.of_scores(scores, truth)
    for cut in range(len(cuts.scores) + 1):
        predicted = scores >= cuts.threshold(cut)
        (_, false_positives), (_, found) = metrics.confusion_matrix(truth, predicted, labels=[False, True])
        assert (cuts.true_positives[cut], cuts.false_positives[cut]) == (found, false_positives)


@given(SCORES)
def test_the_best_thresholds_are_those_of_a_search_with_scikit_learn(pairs: list[tuple[float, bool]]) -> None:
    scores, truth = np.array([score for score, _ in pairs]), np.array([true for _, true in pairs])
    cuts = Cuts.of_scores(scores, truth)
    predictions = [scores >= cuts.threshold(cut) for cut in range(len(cuts.scores) + 1)]
    if truth.any():
        values = [metrics.f1_score(truth, predicted, zero_division=0) for predicted in predictions]
        assert thresholds.best_f1(cuts) == int(np.argmax(values))
    if truth.any() and not truth.all():
        false_rate, found_rate, _ = metrics.roc_curve(truth, scores, drop_intermediate=False)
        best = thresholds.youden(cuts)
        assert best is not None
        assert found_rate[best] - false_rate[best] == pytest.approx((found_rate - false_rate).max())


def test_without_images_of_one_kind_there_is_no_best_threshold() -> None:
    scores = np.array([0.5, -0.5])
    none, only, empty = (Cuts.of_scores(values, values > level) for values, level in (
        (scores, 9.0), (scores, -9.0), (scores[:0], 0.0)
    ))  # fmt: skip
    assert (thresholds.best_f1(none), thresholds.youden(none)) == (None, None)
    assert (thresholds.best_f1(only), thresholds.youden(only)) == (2, None)
    assert (thresholds.best_f1(empty), thresholds.youden(empty), empty.threshold(0)) == (None, None, 0.0)


def test_a_histogram_counts_exactly_at_the_edges_of_its_bins() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 500)
    logits = rng.normal(0, 3, (500, 3)) + 2 * np.eye(3)[labels]
    histogram = score_histogram(logits, labels)
    for index, odds in enumerate(log_odds(logits)):
        cuts = Cuts.of_histogram(histogram.positives[index], histogram.negatives[index])
        above = np.array([odds >= cuts.threshold(cut) for cut in range(len(cuts.scores) + 1)])
        assert np.array_equal(cuts.true_positives, above[:, labels == index].sum(axis=1))
        assert np.array_equal(cuts.false_positives, above[:, labels != index].sum(axis=1))


def test_half_tells_two_classes_apart_as_argmax_does() -> None:
    logits = np.array([[1.0, 1.0], [0.0, 2.0], [2.0, 0.0]])
    for index, odds in enumerate(log_odds(logits)):
        threshold = thresholds.half(index, Cuts.of_scores(odds, odds > 0).scores)
        assert np.array_equal(odds >= threshold, logits.argmax(axis=1) == index)

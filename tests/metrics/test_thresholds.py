"""Thresholds of one class: their counts and the best ones, against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from explorer.metrics import thresholds
from explorer.metrics.cells import predicted_classes
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


def test_coarse_cuts_count_exactly_and_keep_the_best_ones() -> None:
    rng = np.random.default_rng(0)
    positive = rng.integers(0, 2, 500).astype(np.bool_)
    odds = rng.normal(0, 2, 500) + positive
    cuts = Cuts.of_scores(odds, positive)
    best = thresholds.best_f1(cuts)
    assert best is not None
    found = cuts.coarse(20, [best])
    assert len(found.scores) in (20, 21)
    above = np.array([odds >= found.threshold(cut) for cut in range(len(found.scores) + 1)])
    assert np.array_equal(found.true_positives, above[:, positive].sum(axis=1))
    assert np.array_equal(found.false_positives, above[:, ~positive].sum(axis=1))
    again = thresholds.best_f1(found)
    assert again is not None
    assert (found.true_positives[again], found.false_positives[again]) == (
        cuts.true_positives[best], cuts.false_positives[best],
    )  # fmt: skip
    assert cuts.coarse(500) is cuts


def test_half_tells_two_classes_apart_as_argmax_does() -> None:
    logits = np.array([[1.0, 1.0], [0.0, 2.0], [2.0, 0.0]])
    for index, odds in enumerate(log_odds(logits)):
        threshold = thresholds.half(index, Cuts.of_scores(odds, odds > 0))
        assert np.array_equal(odds >= threshold, logits.argmax(axis=1) == index)


def test_half_of_a_histogram_keeps_the_bin_that_begins_at_0() -> None:
    logits = np.zeros((6, 2))
    logits[:, 1] = [-2.0, -1.0, 1e-4, 2e-4, 1.0, 2.0]
    labels = np.array([0, 1, 0, 1, 1, 1])
    histogram = score_histogram(logits, labels)
    for index in (0, 1):
        cuts = Cuts.of_histogram(histogram.positives[index], histogram.negatives[index])
        reached = cuts.scores >= thresholds.half(index, cuts)
        assert int((cuts.positives + cuts.negatives)[reached].sum()) == int((logits.argmax(axis=1) == index).sum())


@pytest.mark.parametrize("probability", [0.5, 0.7, 0.05])
def test_the_threshold_of_a_run_tells_two_classes_apart_as_its_predictions_do(probability: float) -> None:
    odds = np.float32(np.log(probability / (1 - probability)))
    logits = np.array([[0, odds], [0, np.nextafter(odds, np.float32(9))], [0, -3], [0, 3]], np.float32)
    predicted = predicted_classes(logits, probability)
    for index, scores in enumerate(log_odds(logits)):
        assert np.array_equal(scores >= thresholds.as_predicted(index, probability), predicted == index)


@pytest.mark.parametrize("top", [1.0, 1e5, 1e17, 1e300])
def test_no_image_reaches_the_first_cut(top: float) -> None:
    logits, labels = np.array([[0.0, 0.0], [0.0, top]]), np.array([0, 1])
    cuts = Cuts.of_scores(logits[:, 1], labels == 1)
    assert top < cuts.threshold(0) < np.inf
    histogram = score_histogram(logits, labels)
    assert top < Cuts.of_histogram(histogram.positives[1], histogram.negatives[1]).threshold(0) < np.inf


def test_calibration_from_few_bins_is_close_to_that_of_scores() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 2000)
    logits = np.stack([np.zeros(2000), rng.normal(0, 2, 2000) + 2 * labels - 1], axis=1)
    histogram = score_histogram(logits, labels, bins=64)
    rough = thresholds.calibration(Cuts.of_histogram(histogram.positives[1], histogram.negatives[1]))
    exact = thresholds.calibration(Cuts.of_scores(logits[:, 1], labels == 1))
    total = [float(one.predicted @ one.images) / 2000 for one in (rough, exact)]
    assert total[0] == pytest.approx(total[1], abs=0.002)

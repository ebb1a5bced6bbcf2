"""AUROC against scikit-learn, exact and from histograms that add up."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.metrics import roc_auc_score

from explorer.metrics.binning import exact_bins
from explorer.metrics.scores import (
    ScoreHistogram,
    areas_from_histogram,
    auroc,
    bins_for,
    log_odds,
    mean_area,
    score_histogram,
    unsure,
)

Drawn = tuple[NDArray[np.float32], NDArray[np.int64]]


def _trained(num_classes: int, size: int, skill: float, seed: int = 0) -> Drawn:
    """Logits as a trained model gives them: the true class stands out by `skill` on noise of 1.5."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, num_classes, size)
    logits = rng.normal(0, 1.5, (size, num_classes))
    logits[np.arange(size), labels] += skill
    return logits.astype(np.float32), labels


def _same(one: ScoreHistogram, other: ScoreHistogram) -> bool:
    return np.array_equal(one.positives, other.positives) and np.array_equal(one.negatives, other.negatives)


@pytest.mark.parametrize("skill", [0.0, 1.0, 4.0, 12.0])
def test_binary_auroc_is_that_of_class_one(skill: float) -> None:
    logits, labels = _trained(2, 500, skill)
    reference = roc_auc_score(labels, softmax(logits.astype(float), axis=1)[:, 1])
    found = auroc(logits, labels)
    assert mean_area(found) == pytest.approx(reference, abs=1e-12)
    assert found == pytest.approx((reference, reference), abs=1e-12)


@pytest.mark.parametrize("skill", [0.0, 1.0, 4.0])
@pytest.mark.parametrize("num_classes", [3, 6, 20])
def test_auroc_of_several_classes_equals_scikit_learns(num_classes: int, skill: float) -> None:
    logits, labels = _trained(num_classes, 700, skill)
    scores = softmax(logits.astype(float), axis=1)
    found = auroc(logits, labels)
    assert mean_area(found) == pytest.approx(roc_auc_score(labels, scores, multi_class="ovr"), abs=1e-9)
    each = [roc_auc_score(labels == index, scores[:, index]) for index in range(num_classes)]
    assert found == pytest.approx(each, abs=1e-9)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(-2, 2)), min_size=2, max_size=30))
def test_ties_count_half(pairs: list[tuple[int, int]]) -> None:
    labels = np.array([label for label, _ in pairs])
    scores = np.array([score for _, score in pairs], float)
    found = mean_area(auroc(np.stack([np.zeros(len(scores)), scores], axis=1), labels))
    if labels.min() == labels.max():
        assert found is None
    else:
        assert found == pytest.approx(roc_auc_score(labels, scores))


@pytest.mark.parametrize("num_classes", [2, 3])
def test_a_model_that_says_the_same_of_all_has_auroc_one_half(num_classes: int) -> None:
    labels = np.arange(30) % num_classes
    logits = np.tile(np.linspace(-1, 1, num_classes), (30, 1))
    assert auroc(logits, labels) == (0.5,) * num_classes
    assert areas_from_histogram(score_histogram(logits, labels))[0] == (0.5,) * num_classes


def test_auroc_is_none_where_a_class_is_absent_and_the_mean_is_over_the_others() -> None:
    logits, labels = _trained(3, 200, 1.0)
    logits, labels = logits[labels != 2], labels[labels != 2]
    for found in (auroc(logits, labels), areas_from_histogram(score_histogram(logits, labels))[0]):
        assert found[2] is None
        assert mean_area(found) == pytest.approx(np.mean(found[:2]))  # type: ignore[arg-type]


def test_one_class_only_and_no_samples_have_no_auroc() -> None:
    logits, _ = _trained(2, 50, 1.0)
    assert mean_area(auroc(logits, np.ones(50, np.int64))) is None
    nothing = np.zeros((0, 3)), np.zeros(0, np.int64)
    assert mean_area(auroc(*nothing)) is None
    assert areas_from_histogram(score_histogram(*nothing))[0] == (None, None, None)


def test_a_very_sure_model_keeps_its_order() -> None:
    # In single precision softmax rounds all of these to 1 and the area to one half.
    logits = np.array([[0, 30], [0, 40], [0, 50], [0, 60]], np.float32)
    assert mean_area(auroc(logits, np.array([0, 0, 1, 1]))) == 1.0
    more = np.array([[0, 30, 1], [0, 40, 1], [1, 800, 0], [1, 900, 0]], np.float32)
    assert auroc(more, np.array([0, 0, 1, 1]))[1] == 1.0


@given(npst.arrays(np.float64, st.tuples(st.integers(1, 20), st.integers(2, 6)), elements=st.floats(-12, 12)))
def test_log_odds_are_those_of_the_softmax(logits: NDArray[np.float64]) -> None:
    shares = softmax(logits, axis=1)
    rest = np.stack([np.delete(shares, index, 1).sum(1) for index in range(logits.shape[1])], axis=1)
    found = np.stack([*log_odds(logits)], axis=1)
    assert found == pytest.approx(np.log(shares) - np.log(rest), abs=1e-9)


@pytest.mark.parametrize("skill", [0.5, 2.0, 5.0, 10.0])
@pytest.mark.parametrize("num_classes", [2, 3, 5, 10])
def test_histogram_auroc_is_within_a_ten_thousandth(num_classes: int, skill: float) -> None:
    logits, labels = _trained(num_classes, 10_000, skill)
    exact, (binned, _) = auroc(logits, labels), areas_from_histogram(score_histogram(logits, labels))
    assert binned == pytest.approx(exact, abs=1e-4)
    assert mean_area(binned) == pytest.approx(mean_area(exact), abs=1e-4)


@pytest.mark.parametrize("scale", [1e-4, 1e-6])
@pytest.mark.parametrize("num_classes", [2, 5])
def test_tiny_logits_have_their_exact_auroc_and_their_histogram_says_that_it_does_not_know(
    num_classes: int, scale: float
) -> None:
    logits, labels = _trained(num_classes, 5000, 3.0)
    logits = logits * np.float32(scale)
    scores = softmax(logits.astype(float), axis=1)
    each = [roc_auc_score(labels == index, scores[:, index]) for index in range(num_classes)]
    assert auroc(logits, labels) == pytest.approx(each, abs=1e-9)
    histogram = score_histogram(logits, labels)
    assert max(abs(a - b) for a, b in zip(each, areas_from_histogram(histogram)[0], strict=True)) > 0.005
    assert areas_from_histogram(histogram, within=0.001) == ((None,) * num_classes, False)


@pytest.mark.parametrize("num_classes", [2, 3, 10])
def test_a_histogram_that_is_fine_enough_says_so(num_classes: int) -> None:
    logits, labels = _trained(num_classes, 10_000, 2.0)
    histogram = score_histogram(logits, labels)
    assert areas_from_histogram(histogram, within=0.001) == areas_from_histogram(histogram)


def test_the_exact_auroc_takes_the_memory_of_a_few_columns() -> None:
    logits, labels = _trained(200, 20_000, 1.0)
    tracemalloc.start()
    try:
        auroc(logits, labels)
        score_histogram(logits, labels)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 1.5 * logits.nbytes  # copies of all of it in double precision would be many times that


@given(st.integers(2, 5), st.integers(0, 60), st.integers(0, 60), st.integers(0, 2**20))
def test_histograms_of_shards_add_up_to_that_of_the_whole(num_classes: int, first: int, second: int, seed: int) -> None:
    logits, labels = _trained(num_classes, 60, 1.0, seed)
    low, high = sorted((first, second))
    cuts = (slice(0, low), slice(low, high), slice(high, None))
    one, two, three = (score_histogram(logits[cut], labels[cut]) for cut in cuts)
    whole = score_histogram(logits, labels)
    assert _same((one + two) + three, whole)
    assert _same(one + (two + three), whole)
    assert _same(three + one + two, whole)
    assert _same(whole + ScoreHistogram.empty(num_classes), whole)


def test_every_sample_is_counted_once_per_class_even_far_out() -> None:
    logits = np.array([[1e30, 0, -1e30], [-1e30, 1e30, 0], [0, 0, 0]])
    histogram = score_histogram(logits, np.array([0, 1, 2]))
    assert histogram.positives.sum(axis=1).tolist() == [1, 1, 1]
    assert histogram.negatives.sum(axis=1).tolist() == [2, 2, 2]


def test_only_histograms_of_the_same_kind_add_up() -> None:
    with pytest.raises(ValueError, match="same classes and bins"):
        ScoreHistogram.empty(2) + ScoreHistogram.empty(3)


def test_a_thousand_classes_stay_small() -> None:
    assert bins_for(2) == 8192
    assert ScoreHistogram.empty(1000).positives.nbytes < 3_000_000


@pytest.mark.parametrize(
    ("logits", "labels", "words"),
    [
        ([[0.0, np.nan], [0.0, 1.0]], [0, 1], "1 of 2 samples have logits that are nan or infinite"),
        ([[0.0, np.inf]], [0], "1 of 1 samples"),
        ([[0.0], [1.0]], [0, 0], "C at least 2"),
        ([[0.0, 1.0]], [0, 1], r"labels must be \(1,\)"),
        ([[0.0, 1.0]], [2], r"class indices 0\.\.1"),
    ],
)
def test_wrong_input_is_named(logits: list[list[float]], labels: list[int], words: str) -> None:
    for measure in (auroc, score_histogram):
        with pytest.raises(ValueError, match=words):
            measure(logits, labels)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [0.0, 1e-4, 1.0, 1e30])
def test_binary_scores_are_counted_as_in_double_precision(dtype: type, scale: float) -> None:
    logits, labels = _trained(2, 3000, 1.0)
    logits = (np.round(logits, 1) * scale).astype(dtype)  # many equal scores, and some on edges of bins
    logits[:4] = [[0, 6], [6, 0], [3, 3], [-2, 0]]
    found = score_histogram(logits, labels)
    for index, odds in enumerate(log_odds(logits)):
        places = exact_bins(odds, bins_for(2))
        for mine, counted in ((labels == index, found.positives), (labels != index, found.negatives)):
            assert np.array_equal(np.bincount(places[mine], minlength=bins_for(2)), counted[index])


def test_half_precision_logits_are_counted_as_in_double_precision() -> None:
    logits, labels = _trained(2, 3000, 1.0)
    half = logits.astype(np.float16)
    assert _same(score_histogram(half, labels), score_histogram(half.astype(np.float64), labels))


def test_histograms_of_blocks_are_that_of_the_whole_in_constant_memory() -> None:
    logits, labels = _trained(2, 400_000, 1.0)
    blocks = [(logits[at : at + 50_000], labels[at : at + 50_000]) for at in range(0, 400_000, 50_000)]
    tracemalloc.start()
    try:
        found = sum((score_histogram(*block) for block in blocks), ScoreHistogram.empty(2))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert _same(found, score_histogram(logits, labels))
    assert most < 4_000_000
    with pytest.raises(ValueError, match="same classes and bins"):
        found + score_histogram(np.zeros((1, 3)), np.zeros(1, np.int64))


@given(
    npst.arrays(np.float64, st.integers(2, 40), elements=st.floats(-1e3, 1e3)),
    st.sampled_from([1.0, 1e-3, 1e-6]),
    st.integers(0, 2**20),
)
def test_the_area_from_bins_is_off_by_no_more_than_its_bound(
    odds: NDArray[np.float64], scale: float, seed: int
) -> None:
    labels = np.random.default_rng(seed).integers(0, 2, len(odds))
    labels[:2] = [0, 1]
    logits = np.stack([np.zeros(len(odds)), odds * scale], axis=1)
    histogram = score_histogram(logits, labels)
    found, _ = areas_from_histogram(histogram)
    for area, exact, bound in zip(found, auroc(logits, labels), unsure(histogram), strict=True):
        assert abs((area or 0) - (exact or 0)) <= bound + 1e-12

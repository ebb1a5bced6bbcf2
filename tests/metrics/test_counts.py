"""Counts against scikit-learn, and the laws that let shards add up."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    f1_score,
    matthews_corrcoef,
    precision_score,
    recall_score,
)

from explorer.metrics import counts, rates


def _drawn(num_classes: int, size: int, skill: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, num_classes, size)
    return labels, np.where(rng.random(size) < skill, labels, rng.integers(0, num_classes, size))


@st.composite
def labelled(draw: st.DrawFn) -> tuple[int, list[int], list[int]]:
    num_classes = draw(st.integers(2, 5))
    pairs = draw(st.lists(st.tuples(*[st.integers(0, num_classes - 1)] * 2), min_size=1, max_size=40))
    return num_classes, [truth for truth, _ in pairs], [predicted for _, predicted in pairs]


@pytest.mark.parametrize("num_classes", [2, 3, 6])
@pytest.mark.parametrize("skill", [0.0, 0.7, 1.0])
def test_every_metric_equals_scikit_learns(num_classes: int, skill: float) -> None:
    labels, predictions = _drawn(num_classes, 300, skill)
    confusion = counts.confusion_counts(labels, predictions, num_classes)
    margins = rates.margins(confusion)
    known = {"labels": range(num_classes), "average": None, "zero_division": np.nan}
    assert np.array_equal(confusion, confusion_matrix(labels, predictions, labels=range(num_classes)))
    assert confusion.dtype == np.int64
    assert rates.accuracy(margins) == pytest.approx(accuracy_score(labels, predictions))
    assert rates.precision(margins) == pytest.approx(precision_score(labels, predictions, **known), nan_ok=True)
    assert rates.recall(margins) == pytest.approx(recall_score(labels, predictions, **known), nan_ok=True)
    assert rates.f1(margins) == pytest.approx(f1_score(labels, predictions, **known), nan_ok=True)
    assert rates.f1_macro(margins) == pytest.approx(f1_score(labels, predictions, average="macro"))
    assert np.array_equal(counts.support(confusion), np.bincount(labels, minlength=num_classes))


@given(labelled())
def test_absent_classes_are_treated_as_scikit_learn_treats_them(
    drawn: tuple[int, list[int], list[int]],
) -> None:
    num_classes, labels, predictions = drawn
    confusion = counts.confusion_counts(labels, predictions, num_classes)
    margins = rates.margins(confusion)
    known = {"labels": range(num_classes), "average": None, "zero_division": np.nan}
    assert rates.precision(margins) == pytest.approx(precision_score(labels, predictions, **known), nan_ok=True)
    assert rates.recall(margins) == pytest.approx(recall_score(labels, predictions, **known), nan_ok=True)
    assert rates.f1(margins) == pytest.approx(f1_score(labels, predictions, **known), nan_ok=True)
    macro = f1_score(labels, predictions, average="macro", zero_division=0)
    assert rates.f1_macro(margins) == pytest.approx(macro)
    several = min(len(set(labels)), len(set(predictions))) > 1
    correlation = matthews_corrcoef(labels, predictions) if several else np.nan
    assert rates.mcc(margins) == pytest.approx(correlation, nan_ok=True)
    with warnings.catch_warnings():  # of predictions of absent classes
        warnings.simplefilter("ignore")
        assert rates.balanced_accuracy(margins) == pytest.approx(balanced_accuracy_score(labels, predictions))


@given(labelled(), st.integers(0, 40), st.integers(0, 40))
def test_counts_of_shards_add_up_in_any_order(drawn: tuple[int, list[int], list[int]], first: int, second: int) -> None:
    num_classes, labels, predictions = drawn
    low, high = sorted((first, second))
    parts = [
        counts.confusion_counts(labels[cut], predictions[cut], num_classes)
        for cut in (slice(0, low), slice(low, high), slice(high, None))
    ]
    whole = counts.confusion_counts(labels, predictions, num_classes)
    assert np.array_equal((parts[0] + parts[1]) + parts[2], whole)
    assert np.array_equal(parts[2] + (parts[0] + parts[1]), whole)


def test_no_samples_give_no_accuracy_rather_than_a_zero() -> None:
    empty = counts.confusion_counts([], [], 3)
    assert empty.shape == (3, 3)
    assert np.isnan(rates.accuracy(rates.margins(empty)))
    assert np.isnan(rates.f1_macro(rates.margins(empty)))


@pytest.mark.parametrize(
    ("labels", "predictions", "words"),
    [
        ([0, 3], [0, 1], r"labels must lie in 0\.\.2; got 0\.\.3"),
        ([0, 1], [-1, 1], r"predictions must lie in 0\.\.2; got -1\.\.1"),
        ([0, 1], [0], "as many; got 2 and 1"),
        ([[0]], [[0]], r"must be \(N,\)"),
        ([0.5], [0.0], "whole numbers; got float64"),
    ],
)
def test_wrong_input_is_named(labels: list[float], predictions: list[float], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        counts.confusion_counts(labels, predictions, 3)

"""The images behind a cell: against scikit-learn's matrix and scipy's softmax."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.special import softmax
from sklearn.metrics import confusion_matrix

from explorer.metrics.cells import members, most_confident_first, predicted_classes, top_classes

CLASSES = 4
LOGITS = arrays.arrays(np.float32, st.tuples(st.integers(0, 30), st.just(CLASSES)), elements=st.floats(-9, 9, width=32))


@given(LOGITS, st.integers(0, 2**32 - 1))
def test_the_cells_of_a_matrix_have_as_many_images_as_it_counts(logits: np.ndarray, seed: int) -> None:
    labels = np.random.default_rng(seed).integers(0, CLASSES, len(logits))
    predicted = predicted_classes(logits)
    counts = confusion_matrix(labels, predicted, labels=range(CLASSES)) if len(labels) else np.zeros((4, 4), int)
    for row in range(CLASSES):
        assert len(members(labels, predicted, row, None)) == counts[row].sum()
        assert len(members(labels, predicted, None, row)) == counts[:, row].sum()
        for column in range(CLASSES):
            found = most_confident_first(logits, members(labels, predicted, row, column), predicted)
            assert len(found) == counts[row, column]
            confidence = softmax(logits[found].astype(float), axis=1)[:, column]
            assert (np.diff(confidence) <= 1e-12).all()


def test_images_whose_probability_is_rounded_to_one_are_still_ordered_and_equals_keep_their_order() -> None:
    logits = np.array([[50, 0], [80, 0], [80, 0], [60, 0]], np.float32)
    predicted = predicted_classes(logits)
    assert most_confident_first(logits, np.arange(4), predicted).tolist() == [1, 2, 3, 0]


@pytest.mark.parametrize(("threshold", "expected"), [(0.5, [0, 0, 1]), (0.2, [0, 1, 1]), (0.8, [0, 0, 0])])
def test_a_threshold_moves_the_second_of_two_classes_and_a_tie_is_the_first(
    threshold: float, expected: list[int]
) -> None:
    logits = np.array([[0, -2], [0, 0], [0, 1]], np.float32)
    assert predicted_classes(logits, threshold).tolist() == expected


def test_the_most_likely_classes_come_with_their_probabilities() -> None:
    logits = np.array([1, 5, 3, 5], np.float32)
    found = top_classes(logits)
    assert [place for place, _ in found] == [1, 3, 2]
    assert [share for _, share in found] == pytest.approx(softmax(logits.astype(float))[[1, 3, 2]])

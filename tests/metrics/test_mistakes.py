"""What a network got wrong, against plain numpy and scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.metrics import confusion_matrix, log_loss

from explorer.metrics import mistakes
from explorer.metrics.mistakes import ConfusedPair, Course, judge


def drawn(seed: int, images: int, classes: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    logits = (generator.normal(size=(images, classes)) * generator.choice([0.1, 3, 200])).round(1).astype(np.float32)
    return logits, generator.integers(classes, size=images)


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(2, 5))
def test_each_image_is_judged_as_by_the_plain_formulas(seed: int, images: int, classes: int) -> None:
    logits, labels = drawn(seed, images, classes)
    judged = judge(logits, labels)
    rows, wide = np.arange(images), logits.astype(np.float64)
    probabilities = softmax(wide, axis=1)
    others = np.where(np.eye(classes, dtype=bool)[labels], -np.inf, wide)
    assert np.array_equal(judged.predicted, wide.argmax(axis=1))
    assert np.allclose(judged.confidence, probabilities.max(axis=1))
    assert np.allclose(judged.own, probabilities[rows, labels])
    assert np.allclose(judged.margin, wide[rows, labels] - others.max(axis=1))
    assert np.isfinite(judged.loss).all()  # also where the probability is rounded to 0
    sure = probabilities[rows, labels] > 1e-12
    assert np.allclose(judged.loss[sure], -np.log(probabilities[rows, labels][sure]))


def test_the_mean_loss_is_that_of_scikit_learn() -> None:
    generator = np.random.default_rng(0)
    logits, labels = generator.normal(size=(500, 4)), generator.integers(4, size=500)
    assert judge(logits, labels).loss.mean() == pytest.approx(log_loss(labels, softmax(logits, axis=1)))


def test_a_threshold_of_the_run_decides_between_two_classes() -> None:
    logits, labels = np.array([[0.0, -1.0], [0.0, -1.1], [0.0, 3.0]]), np.array([1, 1, 1])
    judged = judge(logits, labels, threshold=0.26)
    assert judged.predicted.tolist() == [1, 0, 1]
    assert judged.confidence == pytest.approx([judged.own[0], 1 - judged.own[1], judged.own[2]])


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    logits, labels = drawn(7, 50, 3)
    whole = judge(logits, labels)
    monkeypatch.setattr(mistakes, "_BLOCK", 21)
    for name, values in vars(judge(logits, labels)).items():
        assert np.array_equal(values, getattr(whole, name)), name


def test_no_images_have_no_mistakes() -> None:
    judged = judge(np.zeros((0, 3)), np.zeros(0, int))
    assert len(mistakes.by_loss(judged)) == len(mistakes.confident_errors(judged)) == 0
    assert mistakes.confused_pairs(judged, 3) == ()


def test_scores_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="1 of 2 samples have logits that are nan or infinite"):
        judge([[0.0, np.nan], [0.0, 1.0]], [0, 1])


# Images 0 to 5 with classes 0, 1, 2. Wrong: 1 (sure), 3 and 4 (equally sure).
LOGITS = np.array([[3, 0, 0], [9, 0, 0], [0, 2, 0], [0, 0, 4], [0, 0, 4], [0, 0, 1]], np.float32)
LABELS = np.array([0, 1, 1, 0, 1, 2])


def test_lists_begin_with_the_worst_and_equals_keep_their_order() -> None:
    judged = judge(LOGITS, LABELS)
    assert mistakes.by_loss(judged).tolist() == [1, 3, 4, 5, 2, 0]
    assert mistakes.confident_errors(judged).tolist() == [1, 3, 4]
    assert mistakes.of_pair(judged, 1, 2).tolist() == [4]


def test_of_two_errors_whose_confidence_is_rounded_to_1_the_surer_is_first() -> None:
    judged = judge(np.array([[50.0, 0], [90, 0]]), np.array([1, 1]))
    assert judged.confidence.tolist() == [1, 1]
    assert mistakes.confident_errors(judged).tolist() == [1, 0]


def test_confused_pairs_are_the_matrix_without_its_diagonal() -> None:
    logits, labels = drawn(3, 400, 5)
    judged = judge(logits, labels)
    matrix = confusion_matrix(labels, logits.argmax(axis=1), labels=range(5))
    np.fill_diagonal(matrix, 0)
    pairs = mistakes.confused_pairs(judged, 5)
    expected = sorted(zip(*np.nonzero(matrix), strict=True), key=lambda cell: (-matrix[cell], cell))
    assert list(pairs) == [ConfusedPair(true, other, matrix[true, other]) for true, other in expected]
    for pair in pairs:
        assert len(mistakes.of_pair(judged, pair.true, pair.predicted)) == pair.count


def test_images_that_changed_sides_are_found_in_both_directions() -> None:
    before, after = judge(LOGITS, LABELS), judge(LOGITS[[5, 2, 1, 3, 3, 5]], LABELS)
    found = mistakes.changed(before, after)
    assert found.lost.tolist() == [2, 0]  # image 2 has the higher loss
    assert found.gained.tolist() == [1]
    with pytest.raises(ValueError, match="same images"):
        mistakes.changed(before, judge(LOGITS[:2], LABELS[:2]))


def test_the_course_over_epochs_is_that_of_a_table_of_all() -> None:
    generator = np.random.default_rng(1)
    table = generator.random((6, 80)) < 0.4  # epochs, images
    course = Course.empty(80)
    for epoch, right in enumerate(table):
        course = course.then(2 * epoch, right)
    assert course.epochs == (0, 2, 4, 6, 8, 10)
    assert course.never_learned.tolist() == np.flatnonzero(~table.any(axis=0)).tolist()
    assert course.forgotten.tolist() == np.flatnonzero(table.any(axis=0) & ~table[-1]).tolist()
    assert course.losses.tolist() == (np.diff(table.astype(int), axis=0) == -1).sum(axis=0).tolist()


def test_a_course_without_epochs_says_nothing_and_only_goes_on() -> None:
    course = Course.empty(3)
    assert len(course.never_learned) == len(course.forgotten) == 0
    one = course.then(4, np.array([True, False, False]))
    assert (one.never_learned.tolist(), one.forgotten.tolist()) == ([1, 2], [])
    with pytest.raises(ValueError, match="ascend"):
        one.then(4, one.now)
    with pytest.raises(ValueError, match="right must be"):
        one.then(5, one.now[:2])

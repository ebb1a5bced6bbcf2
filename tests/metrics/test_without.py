"""A score without some images, compared with scikit-learn and with a plain loop over draws."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import accuracy_score, roc_auc_score

from explorer.metrics.pairs import Answers
from explorer.metrics.resampling import draws
from explorer.metrics.without import without


def _made(classes: int, count: int = 160) -> tuple[np.ndarray, Answers, np.ndarray]:
    """Scores that are better for a fifth of the images, which a model has seen in training."""
    rng = np.random.default_rng(classes)
    labels = rng.integers(0, classes, count)
    out = rng.random(count) < 0.2
    logits = rng.normal(size=(count, classes)) + np.eye(classes)[labels] * np.where(out, 6.0, 0.7)[:, None]
    return labels, Answers(logits.astype(np.float32), logits.argmax(axis=1)), out


def _area(labels: np.ndarray, logits: np.ndarray) -> float:
    probabilities = softmax(logits.astype(np.float64), axis=1)
    if logits.shape[1] == 2:
        return float(roc_auc_score(labels, probabilities[:, 1]))
    return float(roc_auc_score(labels, probabilities, multi_class="ovr", average="macro"))


@pytest.mark.parametrize("classes", [2, 4])
def test_values_are_those_of_scikit_learn_and_the_interval_is_paired(classes: int) -> None:
    labels, answers, out = _made(classes)
    found = without(labels, answers, out)
    area, accuracy = found["auroc"], found["accuracy"]
    assert area.every.value == pytest.approx(_area(labels, answers.logits), abs=1e-9)
    assert area.rest.value == pytest.approx(_area(labels[~out], answers.logits[~out]), abs=1e-9)
    assert accuracy.rest.value == pytest.approx(accuracy_score(labels[~out], answers.predicted[~out]))
    assert area.difference is not None
    assert area.low is not None
    assert area.high is not None
    assert area.low < area.difference < area.high < 0  # the leak has flattered the model

    loop = []
    for weights in draws(labels * 2 + out, 60):
        for drawn in weights:
            rows = np.repeat(np.arange(len(labels)), drawn)
            rest = rows[~out[rows]]
            loop.append(_area(labels[rest], answers.logits[rest]) - _area(labels[rows], answers.logits[rows]))
    same = without(labels, answers, out, count=60)["auroc"]
    assert (same.low, same.high) == pytest.approx(tuple(np.quantile(loop, [0.025, 0.975])), abs=1e-9)


def test_leaving_out_images_like_the_others_changes_nothing_for_sure() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 200)
    logits = rng.normal(size=(200, 2)) + np.eye(2)[labels]
    found = without(labels, Answers(logits, logits.argmax(axis=1)), rng.random(200) < 0.2)["auroc"]
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0 < found.high


def test_what_is_undefined_without_the_images_says_why() -> None:
    labels = np.array([0, 0, 0, 1, 1])
    logits = np.array([[2.0, 0], [1, 0], [0, 1], [0, 2], [1, 0]])
    found = without(labels, Answers(logits, logits.argmax(axis=1)), labels == 1)["auroc"]
    assert (found.rest.value, found.low, found.difference) == (None, None, None)
    assert found.rest.why
    with pytest.raises(ValueError, match="no validation image remains"):
        without(labels, Answers(logits, logits.argmax(axis=1)), np.ones(5, bool))

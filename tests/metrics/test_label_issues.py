"""Labels that are probably wrong."""

import numpy as np
import pytest
from cleanlab.filter import find_label_issues
from scipy.special import softmax

from explorer.metrics.label_issues import FEW, TooFewImagesError, suspects


def swapped(seed: int = 0, images: int = 300, classes: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logits of a good network, labels of which 12 were replaced by others, and which ones."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(classes, size=images)
    logits = generator.normal(size=(images, classes)) + 5 * np.eye(classes)[truth]
    wrong = np.sort(generator.choice(images, 12, replace=False))
    labels = truth.copy()
    labels[wrong] = (truth[wrong] + 1) % classes
    return logits.astype(np.float32), labels, wrong


def test_the_suspects_are_those_of_a_direct_call_and_were_swapped() -> None:
    logits, labels, wrong = swapped()
    found = suspects(logits, labels)
    probabilities = softmax(logits.astype(np.float64), axis=1)
    direct = find_label_issues(
        labels, probabilities, return_indices_ranked_by="self_confidence", min_examples_per_class=FEW, n_jobs=1
    )
    assert found.indices.tolist() == direct.tolist()
    assert set(found.indices.tolist()) <= set(wrong.tolist())
    assert len(found.indices) >= 10
    assert found.suggested.tolist() == probabilities[found.indices].argmax(axis=1).tolist()
    assert (found.suggested != labels[found.indices]).all()
    assert found.left_out == ()


def test_a_class_with_few_images_is_left_out_and_named() -> None:
    logits, labels, _ = swapped()
    rare = np.flatnonzero(labels == 2)[FEW:]
    kept = np.setdiff1d(np.arange(len(labels)), rare)
    found = suspects(logits[kept], labels[kept])
    assert found.left_out == (2,)
    assert 2 not in labels[kept][found.indices]


@pytest.mark.parametrize("labels", [[0] * 40, [0] * 40 + [1] * FEW, []])
def test_too_few_images_are_refused(labels: list[int]) -> None:
    with pytest.raises(TooFewImagesError, match="two classes need more than 5"):
        suspects(np.zeros((len(labels), 2), np.float32), np.array(labels, int))

"""The images behind a cell, a row or a column of a confusion matrix, by the logits of each image."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]
Logits = NDArray[np.floating[Any]]

_BLOCK = 1 << 18  # scores that are worked on at once


def predicted_classes(logits: Logits, threshold: float = 0.5) -> Indices:
    """Return the (N,) class that each of (N, C) logits predicts: the first one with the highest logit.

    Args:
        logits: One row for each image.
        threshold: Of two classes, the probability of the second above which it is predicted.
    """
    if logits.shape[1] == 2 and threshold != 0.5:
        # In 32 bits, as the trainer compares them.
        odds = np.float32(math.log(threshold / (1 - threshold)))
        return np.asarray(logits[:, 1] - logits[:, 0] > odds, np.int64)
    return np.asarray(logits.argmax(axis=1), np.int64)


def predicted_labels(logits: Logits, threshold: float = 0.5) -> Indices:
    """Return (N, L), 1 where the probability of a label of (N, L) logits is above a threshold, and 0 elsewhere."""
    return (logits > np.float32(math.log(threshold / (1 - threshold)))).astype(np.int64)


def members(labels: Indices, predicted: Indices, row: int | None, column: int | None) -> Indices:
    """Return the images of a true class `row` that were predicted as `column`, ascending; None stands for any class."""
    chosen = np.ones(len(labels), bool)
    if row is not None:
        chosen &= labels == row
    if column is not None:
        chosen &= predicted == column
    return np.flatnonzero(chosen).astype(np.int64)


def most_confident_first(logits: Logits, images: Indices, predicted: Indices) -> Indices:
    """Sort some of N images by the probability of their predicted class, the highest first; equals keep their order.

    The log odds are compared, which still differ where probabilities are rounded to 1.

    Args:
        logits: (N, C) logits.
        images: (K,) indices.
        predicted: (N,) classes.
    """
    rows = max(1, _BLOCK // logits.shape[1])
    odds = [_log_odds(logits[part], predicted[part]) for part in np.split(images, range(rows, len(images), rows))]
    return images[np.argsort(-np.concatenate(odds), kind="stable")]


def _log_odds(logits: Logits, classes: Indices) -> NDArray[np.float64]:
    scores, rows = logits.astype(np.float64), np.arange(len(logits))
    own = scores[rows, classes]
    scores[rows, classes] = -np.inf
    highest = scores.max(axis=1, initial=-np.inf)
    found: NDArray[np.float64] = own - highest - np.log(np.exp(scores - highest[:, None]).sum(axis=1))
    return found


def share_of(logits: Logits, place: int) -> float:
    """Return the softmax probability of one class of (C,) logits."""
    scores = logits.astype(np.float64)
    with np.errstate(over="ignore"):  # a class that is out of the question has a probability of 0
        return float(1 / np.exp(scores - scores[place]).sum())


def top_classes(logits: NDArray[np.float32], count: int = 3) -> list[tuple[int, float]]:
    """Return the most likely classes of one image with their softmax probabilities, of (C,) logits."""
    order = np.argsort(-logits, kind="stable")[:count]
    return [(int(place), share_of(logits, int(place))) for place in order]

"""Confusion counts. Counts of batches, ranks and shards add up with +; the metrics of them are in `rates.py`.

A confusion matrix is (C, C) int64: rows are the truth, columns the prediction, as in scikit-learn.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics import rates

Counts = NDArray[np.int64]


def _class_indices(values: ArrayLike, num_classes: int, what: str) -> Counts:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{what} must be (N,); got shape {array.shape}")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{what} must be whole numbers; got {array.dtype}")
    if array.size and (array.min() < 0 or array.max() >= num_classes):
        raise ValueError(f"{what} must lie in 0..{num_classes - 1}; got {array.min()}..{array.max()}")
    return array.astype(np.int64)


def confusion_counts(labels: ArrayLike, predictions: ArrayLike, num_classes: int) -> Counts:
    """(C, C) counts of (truth, prediction) from two (N,) arrays of class indices; N may be 0.

    Raises ValueError for other shapes, lengths that differ, or indices outside 0..C-1.
    """
    truth = _class_indices(labels, num_classes, "labels")
    predicted = _class_indices(predictions, num_classes, "predictions")
    if len(truth) != len(predicted):
        raise ValueError(f"labels and predictions must be as many; got {len(truth)} and {len(predicted)}")
    cells = np.bincount(truth * num_classes + predicted, minlength=num_classes**2)
    return cells.reshape(num_classes, num_classes).astype(np.int64)


def support(confusion: Counts) -> Counts:
    """(C,) number of samples that truly belong to each class."""
    return np.asarray(rates.margins(confusion).truth, np.int64)


def against_rest(confusion: Counts) -> Counts:
    """(C, 4) counts of each class against all others, or of each of several labels: TP, FP, FN, TN."""
    right, truth, guess = rates.margins(confusion)
    total = confusion.sum() if confusion.ndim == 2 else confusion.sum(axis=(1, 2))
    return np.stack([right, guess - right, truth - right, total - truth - guess + right], axis=1)

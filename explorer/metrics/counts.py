"""Metrics from confusion counts. Counts of batches, ranks and shards add up with +.

A confusion matrix is (C, C) int64: rows are the truth, columns the prediction, as in scikit-learn. The definitions are
those of scikit-learn: a ratio of nothing is nan for one class, and counts as 0 in a mean over classes.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics import rates

Counts = NDArray[np.int64]
Values = NDArray[np.float64]


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
    return np.asarray(confusion.sum(axis=1), np.int64)


def predicted(confusion: Counts) -> Counts:
    """(C,) number of samples that were predicted as each class."""
    return np.asarray(confusion.sum(axis=0), np.int64)


def against_rest(confusion: Counts) -> Counts:
    """(C, 4) counts of each class against all others: TP, FP, FN, TN."""
    right, truth, guess = rates.margins(confusion)
    return np.stack([right, guess - right, truth - right, confusion.sum() - truth - guess + right], axis=1)


def accuracy(confusion: Counts) -> float:
    """Share of correct predictions, 0..1; nan without samples."""
    return float(rates.accuracy(rates.margins(confusion)))


def precision(confusion: Counts) -> Values:
    """(C,) share of the predictions of a class that are right; nan where it was never predicted."""
    return rates.precision(rates.margins(confusion))


def recall(confusion: Counts) -> Values:
    """(C,) share of the samples of a class that were found; nan where it has none."""
    return rates.recall(rates.margins(confusion))


def f1_per_class(confusion: Counts) -> Values:
    """(C,) harmonic mean of precision and recall; nan for a class neither present nor predicted."""
    return rates.f1(rates.margins(confusion))


def f1_macro(confusion: Counts) -> float:
    """Mean F1 over the classes that are present or predicted, as scikit-learn's; nan without samples.

    A class that neither occurs nor is predicted says nothing about the model and is left out.
    """
    return float(rates.f1_macro(rates.margins(confusion)))


def balanced_accuracy(confusion: Counts) -> float:
    """Mean recall over the classes that are present, as scikit-learn's; nan without samples."""
    return float(rates.balanced_accuracy(rates.margins(confusion)))


def mcc(confusion: Counts) -> float:
    """Matthews correlation coefficient, -1..1; nan where all samples are of one class or predicted as one."""
    return float(rates.mcc(rates.margins(confusion)))

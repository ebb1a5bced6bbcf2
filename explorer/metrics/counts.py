"""Metrics from confusion counts. Counts of batches, ranks and shards add up with +.

A confusion matrix is (C, C) int64: rows are the truth, columns the prediction, as in scikit-learn. The definitions are
those of scikit-learn with zero_division=0: a ratio of nothing is 0.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


def _ratio(numerator: NDArray[np.integer], denominator: NDArray[np.integer]) -> Values:
    result = np.zeros(len(numerator))
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result


def support(confusion: Counts) -> Counts:
    """(C,) number of samples that truly belong to each class."""
    return np.asarray(confusion.sum(axis=1), np.int64)


def predicted(confusion: Counts) -> Counts:
    """(C,) number of samples that were predicted as each class."""
    return np.asarray(confusion.sum(axis=0), np.int64)


def accuracy(confusion: Counts) -> float:
    """Share of correct predictions, 0..1; nan without samples."""
    total = int(confusion.sum())
    return float(np.trace(confusion) / total) if total else float("nan")


def precision(confusion: Counts) -> Values:
    """(C,) share of the predictions of a class that are right; 0 where it was never predicted."""
    return _ratio(np.diagonal(confusion), confusion.sum(axis=0))


def recall(confusion: Counts) -> Values:
    """(C,) share of the samples of a class that were found; 0 where it has none."""
    return _ratio(np.diagonal(confusion), confusion.sum(axis=1))


def f1_per_class(confusion: Counts) -> Values:
    """(C,) harmonic mean of precision and recall; 0 for a class neither present nor predicted."""
    return _ratio(2 * np.diagonal(confusion), confusion.sum(axis=0) + confusion.sum(axis=1))


def f1_macro(confusion: Counts) -> float:
    """Mean F1 over the classes that are present or predicted, as scikit-learn's; nan without samples.

    A class that neither occurs nor is predicted says nothing about the model and is left out.
    """
    seen = (confusion.sum(axis=0) + confusion.sum(axis=1)) > 0
    return float(f1_per_class(confusion)[seen].mean()) if seen.any() else float("nan")


def balanced_accuracy(confusion: Counts) -> float:
    """Mean recall over the classes that are present, as scikit-learn's; nan without samples."""
    present = confusion.sum(axis=1) > 0
    return float(recall(confusion)[present].mean()) if present.any() else float("nan")


def mcc(confusion: Counts) -> float:
    """Matthews correlation coefficient, -1..1; nan without samples.

    The formula for C classes of Gorodkin (2004), https://doi.org/10.1016/j.compbiolchem.2004.09.006. As in
    scikit-learn, it is 0 where all samples are of one class or predicted as one.
    """
    total = float(confusion.sum())
    if not total:
        return float("nan")
    # Floats: products of counts outgrow 64-bit integers with some billions of pairs.
    truth, guess = (confusion.sum(axis=axis).astype(np.float64) for axis in (1, 0))
    covariance = float(np.trace(confusion)) * total - truth @ guess
    spread = (total**2 - truth @ truth) * (total**2 - guess @ guess)
    return float(covariance / np.sqrt(spread)) if spread > 0 else 0.0

"""Formulas of confusion counts along the last axis: one matrix, or many of them at once for intervals.

They need no whole (C, C) matrix but three numbers of each class. Undefined ratios are nan.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]


class Margins(NamedTuple):
    """What the metrics of counts need of each class, (..., C): counts of samples, or their weights.

    Attributes:
        right: Samples of a class that are predicted as it.
        truth: Samples of a class.
        predicted: Samples that are predicted as a class.
    """

    right: NDArray[Any]
    truth: NDArray[Any]
    predicted: NDArray[Any]


def margins(confusion: NDArray[Any]) -> Margins:
    """Return the margins of a (C, C) matrix, or of the (C, 2, 2) matrices of several labels; rows are the truth."""
    if confusion.ndim == 3:
        return Margins(confusion[:, 1, 1], confusion[:, 1].sum(axis=1), confusion[:, :, 1].sum(axis=1))
    return Margins(np.diagonal(confusion), confusion.sum(axis=1), confusion.sum(axis=0))


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> Values:
    """Return numerator / denominator, nan where the denominator is 0."""
    above, below = np.broadcast_arrays(np.asarray(numerator, np.float64), np.asarray(denominator, np.float64))
    result = np.full(above.shape, np.nan)
    np.divide(above, below, out=result, where=below != 0)
    return result


def mean_over(values: Values, counted: NDArray[np.bool_], weights: ArrayLike = 1.0) -> Values:
    """Return the weighted mean along the last axis over the classes that are counted, of which an undefined one is 0.

    That is zero_division=0 of scikit-learn. The mean over no class is nan.
    """
    used = np.where(counted, weights, 0.0)
    return ratio((np.nan_to_num(values) * used).sum(axis=-1), used.sum(axis=-1))


def seen(found: Margins) -> NDArray[np.bool_]:
    """Return which classes occur or are predicted: those that a mean over classes is made of."""
    return np.asarray((found.truth + found.predicted) > 0)


def precision(found: Margins) -> Values:
    """Return TP / (TP + FP) of each class; nan where it is never predicted."""
    return ratio(found.right, found.predicted)


def recall(found: Margins) -> Values:
    """Return TP / (TP + FN) of each class; nan where it has no samples."""
    return ratio(found.right, found.truth)


def specificity(found: Margins) -> Values:
    """Return TN / (TN + FP) of each class; nan where all samples belong to it."""
    others = found.truth.sum(axis=-1, keepdims=True) - found.truth
    return ratio(others - (found.predicted - found.right), others)


def f1(found: Margins) -> Values:
    """Return 2 TP / (2 TP + FP + FN) of each class; nan where it neither occurs nor is predicted."""
    return ratio(2 * found.right, found.truth + found.predicted)


def iou(found: Margins) -> Values:
    """Return TP / (TP + FP + FN) of each class; nan where it neither occurs nor is predicted."""
    return ratio(found.right, found.truth + found.predicted - found.right)


def iou_mean(found: Margins) -> Values:
    """Return the mean IoU of the classes that occur or are predicted."""
    return mean_over(iou(found), seen(found))


def f1_images(found: Margins) -> Values:
    """Return the mean over the images (N, C) of the mean F1 of the classes that occur or are predicted in each."""
    return _mean_known(f1_macro(found))


def iou_images(found: Margins) -> Values:
    """Return the mean over the images (N, C) of the mean IoU of the classes that occur or are predicted in each."""
    return _mean_known(iou_mean(found))


def f1_each(found: Margins) -> Values:
    """Return the mean F1 (C,) of each class over those images (N, C) in which it occurs or is predicted."""
    return _mean_known(f1(found))


def iou_each(found: Margins) -> Values:
    """Return the mean IoU (C,) of each class over those images (N, C) in which it occurs or is predicted."""
    return _mean_known(iou(found))


def _mean_known(values: Values) -> Values:
    """Return the mean along the first axis of what is not nan."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=0), known.sum(axis=0))


def precision_predicted(found: Margins) -> Values:
    """Return the mean precision of the classes that are predicted."""
    return mean_over(precision(found), found.predicted > 0)


def border_f1(borders: NDArray[Any]) -> Values:
    """Return the F1 (..., C) of the border pixels of each class from (..., C, 4) counts; nan where it has no border.

    The counts are pixels of the predicted border near the true one and all of it, and of the true border near the
    predicted one and all of it. F1 is the harmonic mean of both shares. Csurka et al. (2013),
    https://doi.org/10.5244/C.27.32.
    """
    guess, truth = ratio(borders[..., 0], borders[..., 1]), ratio(borders[..., 2], borders[..., 3])
    both = np.nan_to_num(guess) * np.nan_to_num(truth)
    total = np.nan_to_num(guess) + np.nan_to_num(truth)
    some = borders[..., 1] + borders[..., 3] > 0
    return np.where(some, np.divide(2 * both, total, out=np.zeros_like(total), where=total > 0), np.nan)


def border_f1_mean(borders: NDArray[Any]) -> Values:
    """Return the mean border F1 of the classes that have a border in the truth or in the prediction."""
    values = border_f1(borders)
    return mean_over(values, ~np.isnan(values))


def accuracy(found: Margins) -> Values:
    """Return the share of samples that are predicted correctly."""
    return ratio(found.right.sum(axis=-1), found.truth.sum(axis=-1))


def f1_macro(found: Margins) -> Values:
    """Return the mean F1 of the classes that occur or are predicted."""
    return mean_over(f1(found), seen(found))


def f1_micro(found: Margins) -> Values:
    """Return 2 TP / (2 TP + FP + FN) of all labels together; nan where no image has one and none is predicted."""
    return ratio(2 * found.right.sum(axis=-1), (found.truth + found.predicted).sum(axis=-1))


def f1_weighted(found: Margins) -> Values:
    """Return the mean F1, each class weighted by its samples."""
    return mean_over(f1(found), seen(found), found.truth)


def precision_macro(found: Margins) -> Values:
    """Return the mean precision of the classes that occur or are predicted; one that is never predicted counts as 0."""
    return mean_over(precision(found), seen(found))


def recall_macro(found: Margins) -> Values:
    """Return the mean recall of the classes that occur or are predicted; one without samples counts as 0."""
    return mean_over(recall(found), seen(found))


def specificity_macro(found: Margins) -> Values:
    """Return the mean specificity of the classes that occur or are predicted, where it is defined."""
    values = specificity(found)
    return mean_over(values, seen(found) & ~np.isnan(values))


def balanced_accuracy(found: Margins) -> Values:
    """Return the mean recall of the classes that have samples."""
    return mean_over(recall(found), found.truth > 0)


def mcc(found: Margins) -> Values:
    """Return the Matthews correlation coefficient, -1..1; nan where all samples are of one class or predicted as one.

    The formula for C classes of Gorodkin (2004), https://doi.org/10.1016/j.compbiolchem.2004.09.006.
    """
    # Floats: products of counts outgrow 64-bit integers with some billions of pairs.
    right, truth, guess = (part.astype(np.float64) for part in found)
    total = truth.sum(axis=-1)
    covariance = right.sum(axis=-1) * total - (truth * guess).sum(axis=-1)
    spread = (total**2 - (truth**2).sum(axis=-1)) * (total**2 - (guess**2).sum(axis=-1))
    return ratio(covariance, np.sqrt(np.maximum(spread, 0.0)))


def kappa(found: Margins) -> Values:
    """Return Cohen's kappa, -1..1; nan where chance alone would agree on all samples.

    Cohen (1960), https://doi.org/10.1177/001316446002000104.
    """
    right, truth, guess = (part.astype(np.float64) for part in found)
    total = truth.sum(axis=-1)
    chance = (truth * guess).sum(axis=-1)
    return ratio(total * right.sum(axis=-1) - chance, total**2 - chance)

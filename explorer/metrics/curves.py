"""Curves of the scores of one class against the rest, and areas under them."""

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.thresholds import Cuts

Counts = NDArray[np.int64]
Values = NDArray[np.float64]


def average_precision(cuts: Cuts) -> tuple[float, float]:
    """Return the average precision, and how far it may be off; nan where no image is of the class.

    It is the mean, over the images of the class, of the precision at their score, without interpolation, as in
    scikit-learn. In a bin of a histogram the order of the images is lost: they count as ties, and the error is that of
    the best and of the worst order of all bins.
    """
    found, wrong = cuts.true_positives, cuts.false_positives
    if not found[-1]:
        return float("nan"), 0.0
    tied = _shares(cuts.positives, found[1:], found[1:] + wrong[1:]) / found[-1]
    if cuts.exact:
        return tied, 0.0
    best = _shares(cuts.positives, found[1:], found[1:] + wrong[:-1]) / found[-1]
    # Behind all others of its bin, the j-th image has a precision of (found + j) / (found + wrong + j).
    before = found[:-1] + wrong[1:]
    lost = wrong[1:] * (_harmonic(before + cuts.positives) - _harmonic(before))
    worst = float((cuts.positives - lost).sum()) / found[-1]
    return tied, max(best - tied, tied - worst, 0.0)


def _shares(counts: Counts, found: Counts, all_above: Counts) -> float:
    return float((counts * (found / np.maximum(all_above, 1))).sum())


def _harmonic(numbers: Counts) -> Values:
    """Return 1 + 1/2 + ... + 1/n of each number."""
    exact = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, 65))])
    large = np.maximum(numbers, 64).astype(np.float64)
    asymptotic = np.log(large) + np.euler_gamma + 1 / (2 * large) - 1 / (12 * large**2)
    return np.where(numbers <= 64, exact[np.minimum(numbers, 64)], asymptotic)

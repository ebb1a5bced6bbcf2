"""Curves of the scores of one class against the rest, and areas under them."""

import math

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.binning import lower_edges
from explorer.metrics.scores import ScoreHistogram, precision_of_ties, shares
from explorer.metrics.thresholds import Cuts, probabilities

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
    tied = precision_of_ties(cuts.positives, cuts.negatives)
    if cuts.exact:
        return tied, 0.0
    best = shares(cuts.positives, found[1:], found[1:] + wrong[:-1]) / found[-1]
    # Behind all others of its bin, the j-th image has a precision of (found + j) / (found + wrong + j).
    before = found[:-1] + wrong[1:]
    lost = wrong[1:] * (_harmonic(before + cuts.positives) - _harmonic(before))
    worst = float((cuts.positives - lost).sum()) / found[-1]
    return tied, max(best - tied, tied - worst, 0.0)


def _harmonic(numbers: Counts) -> Values:
    """Return 1 + 1/2 + ... + 1/n of each number."""
    exact = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, 65))])
    large = np.maximum(numbers, 64).astype(np.float64)
    asymptotic = np.log(large) + np.euler_gamma + 1 / (2 * large) - 1 / (12 * large**2)
    return np.where(numbers <= 64, exact[np.minimum(numbers, 64)], asymptotic)


def log_loss_of_bins(histogram: ScoreHistogram) -> tuple[float, float]:
    """Return the mean log loss of all samples, and how far it may be off; nan without samples.

    Scores in the lowest bin have no lower bound: then it is the least possible mean, which may be off by infinity.
    Only the bins of the true classes are needed: -log of the probability with log odds x is log(1 + exp(-x)).
    """
    low, high = _ends(histogram)
    counts = histogram.positives.sum(axis=0)
    least = np.logaddexp(0.0, -high)
    if counts[0]:
        return float(counts @ least) / int(counts.sum()), math.inf
    return _middle(counts, np.logaddexp(0.0, -low), least, int(counts.sum()))


def brier_of_bins(histogram: ScoreHistogram) -> tuple[float, float]:
    """Return the mean Brier score as `ImageScores` has it, and how far it may be off; nan without samples."""
    # The bins of the negatives, reversed, are those of the log odds of not being of the class.
    counts = histogram.positives.sum(axis=0) + histogram.negatives.sum(axis=0)[::-1]
    low, high = (probabilities(-ends) ** 2 for ends in _ends(histogram))
    total = int(histogram.positives.sum()) * (2 if len(histogram.positives) == 2 else 1)
    return _middle(counts, low, high, total)


def _ends(histogram: ScoreHistogram) -> tuple[Values, Values]:
    low = lower_edges(histogram.positives.shape[1])
    return low, np.append(low[1:], np.finfo(np.float64).max)


def _middle(counts: Counts, most: Values, least: Values, total: int) -> tuple[float, float]:
    if not total:
        return float("nan"), 0.0
    filled = counts > 0
    high, low = (float(counts[filled] @ ends[filled]) / total for ends in (most, least))
    return high / 2 + low / 2, (high - low) / 2

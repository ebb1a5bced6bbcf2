"""Thresholds of one class against the rest: where they can lie, what each counts, and which of them is best.

An image counts as the class if its score, the log odds of its probability, is at least the threshold.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.scores import lower_edges

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

_JUST_ABOVE = float(np.nextafter(0.0, 1.0))


@dataclass(frozen=True, eq=False)
class Cuts:
    """The K distinct scores of one class, descending, between which a threshold can lie.

    A threshold is named by its cut k, 0 to K: the first k scores reach it. Cut 0 counts no image as the class, and
    cut K all.

    Attributes:
        scores: (K,) log odds, descending. From a histogram they are the lower edges of its bins that are not empty.
        positives, negatives: (K,) int64 counts of images of the class, and of others, that have each score.
        exact: Whether each image has its own score. In a histogram, images of one bin share one.
    """

    scores: Values
    positives: Counts
    negatives: Counts
    exact: bool = True

    @classmethod
    def of_scores(cls, scores: Values, positive: NDArray[np.bool_]) -> Self:
        """Return the cuts of (N,) log odds and whether each image belongs to the class; N may be 0."""
        distinct, place = np.unique(-scores, return_inverse=True)
        mine, rest = (np.bincount(place[part], minlength=len(distinct)) for part in (positive, ~positive))
        return cls(-distinct, mine.astype(np.int64), rest.astype(np.int64))

    @classmethod
    def of_histogram(cls, positives: Counts, negatives: Counts) -> Self:
        """Return the cuts at the edges of (B,) ascending bins of `ScoreHistogram`, where their counts are exact."""
        filled = np.flatnonzero(positives + negatives)[::-1]
        return cls(lower_edges(len(positives))[filled], positives[filled], negatives[filled], exact=False)

    @property
    def true_positives(self) -> Counts:
        """(K + 1,) images of the class that reach each cut; the last is all of them."""
        return np.concatenate([[0], np.cumsum(self.positives)]).astype(np.int64)

    @property
    def false_positives(self) -> Counts:
        """(K + 1,) other images that reach each cut; the last is all of them."""
        return np.concatenate([[0], np.cumsum(self.negatives)]).astype(np.int64)

    def threshold(self, cut: int) -> float:
        """Return the log odds in the middle between the scores on both sides of a cut."""
        if not len(self.scores):
            return 0.0
        if cut == 0:
            return float(self.scores[0]) + 1.0
        if cut == len(self.scores):
            return float(self.scores[-1])
        above, below = float(self.scores[cut - 1]), float(self.scores[cut])
        middle = above / 2 + below / 2
        return middle if self.exact and below < middle <= above else above


def half(index: int, scores: Values) -> float:
    """Return the threshold at a probability of 0.5, as log odds, so that two classes are told apart as by argmax.

    Of two equal logits argmax takes the first class, so that a score of 0 must not reach the threshold of another.

    Args:
        index: The class.
        scores: (K,) log odds.
    """
    return _JUST_ABOVE if index > 0 and bool((scores == 0).any()) else 0.0


def best_f1(cuts: Cuts) -> int | None:
    """Return the cut with the highest F1, the highest threshold of equals; None where no image is of the class."""
    found, wrong = cuts.true_positives, cuts.false_positives
    if not found[-1]:
        return None
    return int(np.argmax(2 * found / (found[-1] + found + wrong)))


def youden(cuts: Cuts) -> int | None:
    """Return the cut with the highest Youden's J, recall + specificity - 1; None where it is undefined."""
    found, wrong = cuts.true_positives, cuts.false_positives
    if not found[-1] or not wrong[-1]:
        return None
    # Products of counts instead of shares, so that equal values compare as equal.
    return int(np.argmax(found * wrong[-1] - wrong * found[-1]))


def highest_precision(cuts: Cuts) -> float:
    """Return the highest precision that any threshold has; nan without images."""
    found, wrong = cuts.true_positives[1:], cuts.false_positives[1:]
    return float((found / (found + wrong)).max()) if len(found) else float("nan")


def probability(odds: float) -> float:
    """Return the probability with these log odds."""
    return float(np.exp(-np.logaddexp(0.0, -odds)))

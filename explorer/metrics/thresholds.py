"""Thresholds of one class against the rest: where they can lie, what each counts, and which of them is best.

An image counts as the class if its score, the log odds of its probability, is at least the threshold.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.binning import lower_edges

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

_JUST_ABOVE = float(np.nextafter(0.0, 1.0))
MOST = float(np.finfo(np.float64).max)


@dataclass(frozen=True, eq=False)
class Cuts:
    """The K distinct scores of one class, descending, between which a threshold can lie.

    A threshold is named by its cut k, 0 to K: the first k scores reach it. Cut 0 counts no image as the class, and
    cut K all.

    Attributes:
        scores: (K,) log odds, descending. From a histogram they are the lower edges of its bins that are not empty.
        positives, negatives: (K,) int64 counts of images of the class, and of others, that have each score.
        exact: Whether each image has its own score. In a histogram and in coarse cuts, several share one.
        ends: (K,) upper edges of the bins of a histogram, MOST for one that has none; None for scores of images.
    """

    scores: Values
    positives: Counts
    negatives: Counts
    exact: bool = True
    ends: Values | None = None

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
        edges = np.append(lower_edges(len(positives)), MOST)
        return cls(edges[filled], positives[filled], negatives[filled], exact=False, ends=edges[filled + 1])

    def coarse(self, most: int, also: Collection[int] = ()) -> "Cuts":
        """Return these cuts, or about `most` of them if there are more, evenly spread. Their counts stay exact.

        Args:
            most: The number of cuts besides cut 0; 2 or more.
            also: Cuts that are kept in any case.
        """
        if len(self.scores) <= most:
            return self
        spread = np.linspace(1, len(self.scores), most).round().astype(np.int64)
        cuts = np.union1d(spread, [cut for cut in also if cut > 0])
        before = np.concatenate([[0], cuts])
        # Each score stands for those above it, down from the cut before, as in a histogram.
        return Cuts(
            self.scores[cuts - 1],
            np.diff(self.true_positives[before]),
            np.diff(self.false_positives[before]),
            exact=False,
        )

    @property
    def true_positives(self) -> Counts:
        """(K + 1,) images of the class that reach each cut; the last is all of them."""
        return np.concatenate([[0], np.cumsum(self.positives)]).astype(np.int64)

    @property
    def false_positives(self) -> Counts:
        """(K + 1,) other images that reach each cut; the last is all of them."""
        return np.concatenate([[0], np.cumsum(self.negatives)]).astype(np.int64)

    @property
    def above(self) -> float:
        """A threshold that no image reaches, as log odds; 0 without images."""
        if not len(self.scores):
            return 0.0
        if self.ends is not None:
            return float(self.ends[0])
        top = float(self.scores[0])
        return min(max(top + 1.0, float(np.nextafter(top, math.inf))), MOST)

    def threshold(self, cut: int) -> float:
        """Return the log odds in the middle between the scores on both sides of a cut."""
        if not len(self.scores):
            return 0.0
        if cut == 0:
            return self.above
        if cut == len(self.scores):
            return float(self.scores[-1])
        above, below = float(self.scores[cut - 1]), float(self.scores[cut])
        middle = above / 2 + below / 2
        return middle if self.exact and below < middle <= above else above


def half(index: int, cuts: Cuts) -> float:
    """Return the threshold at a probability of 0.5, as log odds, so that with two classes it decides as argmax does.

    Of two equal logits argmax takes the first class, so that a score of 0 must not reach the threshold of another. In a
    histogram 0 is the lower edge of a bin, whose images are nearly all above it.

    Args:
        index: The class.
        cuts: Its scores.
    """
    return _JUST_ABOVE if index > 0 and cuts.ends is None and bool((cuts.scores == 0).any()) else 0.0


def as_predicted(index: int, probability: float) -> float:
    """Return the threshold, as log odds, at which one of two classes is predicted as by `cells.predicted_classes`.

    Args:
        index: The class. The first is predicted where the second is not.
        probability: That of the second class above which it is predicted, 0 to 1 and neither.
    """
    odds = float(np.float32(math.log(probability / (1 - probability))))
    return -odds if index == 0 else float(np.nextafter(odds, math.inf))


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


def probabilities(odds: Values) -> Values:
    """Return the probabilities with these log odds, of any shape."""
    return np.asarray(np.exp(-np.logaddexp(0.0, -odds)))


@dataclass(frozen=True, eq=False)
class Groups:
    """Images in G groups of about equal size, by their probability.

    Attributes:
        predicted: (G,) mean probability of the class, ascending.
        observed: (G,) share of the images that are of the class.
        images: (G,) int64 images of each group.
    """

    predicted: Values
    observed: Values
    images: Counts


def calibration(cuts: Cuts, most: int = 10, least_images: int = 15) -> Groups:
    """Return predicted and observed shares in groups of about equal size.

    Images with one score are in one group. The probability of the images of a bin is the middle of those of its edges.

    Args:
        cuts: The scores of the class.
        most: The highest number of groups.
        least_images: There are fewer groups, down to 2, where they would have fewer images than this.
    """
    images = cuts.positives + cuts.negatives
    total = int(images.sum())
    groups = min(most, max(2, total // least_images))
    # A score belongs to the group in which the middle of its images lies.
    place = ((np.cumsum(images) - images / 2) * groups / max(total, 1)).astype(np.int64)
    shares = probabilities(cuts.scores)
    if cuts.ends is not None:
        shares = (shares + probabilities(cuts.ends)) / 2
    sums = [np.bincount(place, weights, groups)[::-1] for weights in (images, images * shares, cuts.positives)]
    filled = sums[0] > 0
    count, predicted, observed = (values[filled] for values in sums)
    return Groups(predicted / count, observed / count, count.astype(np.int64))


def wilson(share: Values, images: Counts) -> tuple[Values, Values]:
    """Return the lower and upper ends of 95 % intervals for (G,) shares of so many images each (Wilson, 1927)."""
    z2 = 1.959963984540054**2
    middle = (share + z2 / (2 * images)) / (1 + z2 / images)
    half_width = np.sqrt(z2 * (share * (1 - share) / images + z2 / (4 * images**2))) / (1 + z2 / images)
    return middle - half_width, middle + half_width


def counted(cuts: Cuts, edges: Values) -> tuple[Counts, Counts]:
    """Return how many images of the class, and others, lie between ascending (B + 1,) edges of log odds.

    Scores below the first or above the last edge count in the first or last of the (B,) bins.
    """
    bins = len(edges) - 1
    place = np.clip(np.searchsorted(edges, cuts.scores, side="right") - 1, 0, bins - 1)
    mine, rest = (np.bincount(place, weights, bins).astype(np.int64) for weights in (cuts.positives, cuts.negatives))
    return mine, rest

"""Resampling images with replacement (bootstrap): how often each image is drawn, and areas of weighted images.

B draws of N images are (B, N) weights: how often each image is in each draw. They come in blocks, so that memory does
not grow with B.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Values = NDArray[np.float64]
Weights = NDArray[np.int64]

DRAWS = 2000
LEVEL = 0.95  # of all intervals
_BLOCK = 1 << 21  # weights that are in memory at once


def draws(groups: Counts, count: int = DRAWS, seed: int = 0) -> Iterator[Weights]:
    """Yield blocks of (b, N) weights, `count` draws in all. The same arguments give the same draws.

    Args:
        groups: (N,) group of each image. Each draw has as many images of each group as there are: with classes as
            groups no class is ever missing. Zeros make one group of all images.
        count: Draws in all.
        seed: Of the draws.
    """
    rng = np.random.default_rng(seed)
    order = np.argsort(groups, kind="stable")
    _, begin, size = np.unique(groups[order], return_index=True, return_counts=True)
    first, many = np.repeat(begin, size), np.repeat(size, size)  # of the group at each place
    total = len(groups)
    rows = max(1, _BLOCK // max(total, 1))
    for done in range(0, count, rows):
        block = min(rows, count - done)
        chosen = order[first + (rng.random((block, total)) * many).astype(np.int64)]
        offsets = np.arange(block)[:, None] * total
        yield np.bincount((chosen + offsets).ravel(), minlength=block * total).reshape(block, total)


def interval(values: Values) -> tuple[float, float] | None:
    """Return the percentile interval of the draws, without those that are nan; None if all are."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, high = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)


class WeightedArea:
    """The area under the ROC curve of images with weights.

    Args:
        scores: (N,) scores; equal ones count as ties.
        mine: (N,) whether an image belongs to the class.
    """

    def __init__(self, scores: Values, mine: NDArray[np.bool_]) -> None:
        self._order = np.argsort(scores, kind="stable")
        ordered = scores[self._order]
        self._mine = mine[self._order]
        self._starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))[: len(scores)]

    def of(self, weights: Weights) -> Values:
        """Return the (B,) areas of (B, N) weights; nan where a draw has no image of the class, or no other."""
        ordered = weights[:, self._order]
        mine, rest = ordered * self._mine, ordered * ~self._mine
        if len(self._starts) < ordered.shape[1]:  # there are ties
            mine, rest = (np.add.reduceat(part, self._starts, axis=1) for part in (mine, rest))
        below = np.cumsum(rest, axis=1) - rest / 2  # a tie counts half
        pairs = mine.sum(axis=1).astype(np.float64) * rest.sum(axis=1)
        found = np.full(len(weights), np.nan)
        np.divide((mine * below).sum(axis=1), pairs, out=found, where=pairs > 0)
        return found


def area_influence(scores: Values, mine: NDArray[np.bool_]) -> Values:
    """Return (N,) the change of the area per unit of an image's weight within its class, times N.

    By it the area of a draw is about the area plus the mean of `weights * influence`, where each draw has as many
    images of the class as there are. These are the placement values of DeLong et al. (1988),
    https://doi.org/10.2307/2531595. Zeros where the area is undefined.
    """
    positives, negatives = int(mine.sum()), int((~mine).sum())
    if not positives or not negatives:
        return np.zeros(len(scores))
    above, below = np.sort(scores[mine]), np.sort(scores[~mine])
    found = np.empty(len(scores))
    found[mine] = _share_below(below, scores[mine]) * (len(scores) / positives)
    found[~mine] = (1 - _share_below(above, scores[~mine])) * (len(scores) / negatives)
    area = found[mine].sum() / len(scores)
    found[mine] -= area * (len(scores) / positives)
    found[~mine] -= area * (len(scores) / negatives)
    return found


def _share_below(ordered: Values, values: Values) -> Values:
    """The share of ordered values that are below each of `values`; equal ones count half."""
    places = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    return np.asarray(places / (2 * len(ordered)), np.float64)

"""Counting scores in bins, fast and in constant memory.

The bin of a score x is the whole part of (x / (6 + |x|) + 1) * B / 2 in double precision. Nearly all bins are found in
single precision, in blocks that stay in the cache of a core; scores so close to the edge of a bin that single precision
could be wrong are computed again in double precision. So the counts are exact, and those of shards add up to the whole.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Values = NDArray[np.float64]
Scores = NDArray[np.floating[Any]]

# Log odds of -KNEE to KNEE take half of the bins: the errors of a trained model, and so its curve, are there.
KNEE = 6.0
_BLOCK = 1 << 16  # scores that are counted at once
_THREADS = 2  # numpy computes outside of Python's lock
_MANY = 1 << 20  # scores from which threads are worth their start
_UNSURE = 4e-7  # times the number of bins: how far single precision may place a score from where it belongs, in bins


def lower_edges(bins: int) -> Values:
    """Return the (bins,) ascending log odds at which the bins begin; the first begins at the least of all floats."""
    squashed = np.arange(1, bins) * (2 / bins) - 1
    return np.concatenate([[np.finfo(np.float64).min], KNEE * squashed / (1 - np.abs(squashed))])


def exact_bins(odds: Values, bins: int) -> Counts:
    """Return the bins of (N,) finite log odds."""
    # Squashed into -1..1 and not clipped: no score is too large, and their order is kept.
    squashed = odds / (KNEE + np.abs(odds))
    return np.clip(((squashed + 1) * (bins / 2)).astype(np.int64), 0, bins - 1)


def count_two(logits: Scores, labels: Counts, bins: int) -> tuple[Counts, Counts]:
    """Return (2, bins) counts of the samples of each class and of the others, for finite (N, 2) logits."""
    first, second = logits.T
    found = _in_parts(len(labels), lambda part: _two(first[part], second[part], labels[part], bins))
    return found[0], found[1]


def count_one(odds: Values, mine: NDArray[np.bool_], bins: int) -> Counts:
    """Return (2, bins) counts of the samples of a class and of the others, from finite (N,) log odds of the class."""
    found = np.zeros((bins, 2), np.int64)
    work = _Work(bins)
    for part in _blocks(len(odds)):
        exact = odds[part]
        places, _ = work.places(exact.astype(np.float32), exact.__getitem__)
        found += work.counted(places, mine[part])
    return np.ascontiguousarray(found.T[::-1])


def _in_parts(count: int, compute: Callable[[slice], Counts]) -> Counts:
    if count < _MANY:
        return compute(slice(0, count))
    ends = np.linspace(0, count, _THREADS + 1).astype(int)
    with ThreadPoolExecutor(_THREADS) as pool:
        parts = pool.map(compute, map(slice, ends[:-1], ends[1:]))
        return np.asarray(sum(parts), np.int64)


def _blocks(count: int) -> list[slice]:
    return [slice(at, min(at + _BLOCK, count)) for at in range(0, count, _BLOCK)]


def _two(first: Scores, second: Scores, labels: Counts, bins: int) -> Counts:
    """Return (2, 2, bins): positives and negatives of both classes. The scores of the first mirror the second's."""
    found = np.zeros((bins, 2), np.int64)
    moved = np.zeros((bins, 2), np.int64)
    work = _Work(bins)
    for part in _blocks(len(labels)):
        one, two, truth = first[part], second[part], labels[part]

        def exact(near: Counts, one: Scores = one, two: Scores = two) -> Values:
            return two[near].astype(np.float64) - one[near].astype(np.float64)

        with np.errstate(over="ignore"):
            odds = np.subtract(two, one, dtype=np.promote_types(one.dtype, np.float32)).astype(np.float32, copy=False)
        places, near = work.places(odds, exact)
        found += work.counted(places, truth)
        # A score on an edge of bins belongs to the upper one, seen from both classes.
        mirrored, right = bins - 1 - places[near], exact_bins(-exact(near), bins)
        for place, sign in ((mirrored, -1), (right, 1)):
            moved += sign * work.counted(place, truth[near])
    of_first = found[::-1] + moved
    return np.stack([[of_first[:, 0], found[:, 1]], [of_first[:, 1], found[:, 0]]])


class _Work:
    """Memory that one thread uses for block after block."""

    def __init__(self, bins: int) -> None:
        self._bins = bins
        self._floats = np.empty((2, _BLOCK), np.float32)
        self._places = np.empty(_BLOCK, np.int64)

    def places(self, odds: NDArray[np.float32], exact: Callable[[Counts], Values]) -> tuple[Counts, Counts]:
        """Return the bin of each score of a block, and the indices of those that were computed in double precision.

        Args:
            odds: (b,) scores in single precision; infinite ones were too large for it.
            exact: Gives the scores at some indices in double precision.
        """
        place, rest, bins = self._floats[0, : len(odds)], self._floats[1, : len(odds)], self._bins
        found = self._places[: len(odds)]
        with np.errstate(invalid="ignore"):
            np.abs(odds, out=rest)
            rest += np.float32(KNEE)
            np.divide(odds, rest, out=place)
            place *= np.float32(bins / 2)
            place += np.float32(bins / 2)
            found[:] = place
            np.rint(place, out=rest)
            rest -= place
            np.abs(rest, out=rest)
            near = np.flatnonzero(~(rest > np.float32(_UNSURE * bins)))
        found[near] = exact_bins(exact(near), bins)
        return found, near

    def counted(self, places: Counts, columns: NDArray[Any]) -> Counts:
        """Return (bins, 2) counts of places, in columns 0 and 1."""
        return np.bincount(places * 2 + columns, minlength=2 * self._bins).reshape(-1, 2)

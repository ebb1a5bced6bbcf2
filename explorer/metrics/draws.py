"""Draws of the Bayesian bootstrap: random weights of the images of one validation.

In place of drawing images with replacement, each image gets a random weight, exponential and thus Dirichlet after
division by the sum (Rubin 1981, https://doi.org/10.1214/aos/1176345338). A cell of n images has a Gamma(n) weight, so
counts need no single images.

A plain bootstrap takes what was not seen for impossible: where all 20 images of a class are found, every draw finds
all, and the interval ends at both sides in 1. So images are added about which the network is taken to know nothing, of
small weight and half right, half wrong: `PRIOR / C` images of each class. For a proportion this is the interval of
Jeffreys (Brown, Cai and DasGupta 2001, https://doi.org/10.1214/ss/1009213286).
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.rates import Margins
from explorer.metrics.thresholds import Cuts

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

DRAWS = 2000
FEWEST = 1000  # draws where there are many cells or images
PRIOR = 2.0  # images added in all, divided among the classes, to counts
SCORE_PRIOR = 1.0  # the same to ranked scores
_CELLS = 20_000  # filled cells of a matrix that are drawn one by one
_BLOCK = 1 << 20  # weights that are drawn at once


def how_many(cells: int) -> int:
    """Return the number of draws for so many weights each."""
    return DRAWS if cells * DRAWS <= 20_000_000 else FEWEST


def _blocks(count: int, width: int) -> Iterator[int]:
    rows = max(1, _BLOCK // max(width, 1))
    yield from (min(rows, count - done) for done in range(0, count, rows))


def together(confusion: Counts) -> bool:
    """Return whether the wrong cells of a (C, C) matrix are too many and are drawn by row and column only."""
    return int(np.count_nonzero(confusion)) > _CELLS


def margins_draws(confusion: Counts, rng: np.random.Generator) -> Margins:
    """Return margins (B, C) of weighted cells of a (C, C) matrix."""
    rows, columns = np.nonzero(confusion * ~np.eye(len(confusion), dtype=bool))
    if together(confusion):
        return _by_margins(confusion, rng)
    count = how_many(len(rows) + len(confusion))
    parts = [_wrong(confusion, rows, columns, size, rng) for size in _blocks(count, len(rows) + len(confusion))]
    right = _right(confusion, count, rng)
    missed, called = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Margins(right, right + missed, right + called)


def _right(confusion: Counts, count: int, rng: np.random.Generator) -> Values:
    present = confusion.sum(axis=1) > 0
    return rng.standard_gamma(
        np.diagonal(confusion) + present * (PRIOR / 2 / max(len(confusion), 1)), (count, len(present))
    )


def _wrong(
    confusion: Counts, rows: Counts, columns: Counts, count: int, rng: np.random.Generator
) -> tuple[Values, Values]:
    """Return the (b, C) weights of the images of each class that are missed, and of those wrongly called this class."""
    classes = len(confusion)
    drawn = rng.standard_gamma(confusion[rows, columns], (count, len(rows)))
    missed, called = (summed(drawn, places, classes) for places in (rows, columns))
    unseen, targets = _unseen(confusion, count, rng)
    return missed + unseen, called + targets


def _unseen(confusion: Counts, count: int, rng: np.random.Generator) -> tuple[Values, Values]:
    """Return the weights of the added images that are wrong, by their class and by the class that they are called."""
    classes = len(confusion)
    present, predicted = confusion.sum(axis=1) > 0, confusion.sum(axis=0) > 0
    weight = rng.standard_gamma(present * (PRIOR / 2 / max(classes, 1)), (count, classes))
    # Of each class evenly over the others that are predicted at all.
    others = predicted.sum() - predicted
    share = weight / np.maximum(others, 1)
    return weight, predicted * (share.sum(axis=1, keepdims=True) - share)


def summed(drawn: Values, places: Counts, classes: int) -> Values:
    """Return the (b, C) sums of (b, K) weights by the class at each place."""
    order = np.argsort(places, kind="stable")
    filled, begin = np.unique(places[order], return_index=True)
    result = np.zeros((len(drawn), classes))
    if len(filled):
        result[:, filled] = np.add.reduceat(drawn[:, order], begin, axis=1)
    return result


def _by_margins(confusion: Counts, rng: np.random.Generator) -> Margins:
    right = _right(confusion, FEWEST, rng)
    diagonal = np.diagonal(confusion)
    missed, called = (rng.standard_gamma(confusion.sum(axis=axis) - diagonal, right.shape) for axis in (1, 0))
    unseen, targets = _unseen(confusion, FEWEST, rng)
    return Margins(right, right + missed + unseen, right + called + targets)


def weights(images: int, rng: np.random.Generator) -> Iterator[Values]:
    """Yield (b, N) weights of N images, in blocks."""
    for size in _blocks(how_many(images), images):
        yield rng.standard_exponential((size, images))


def cell_draws(cuts: Cuts, count: int, classes: int, rng: np.random.Generator) -> tuple[Values, Values]:
    """Return (count,) AUROC and average precision of weighted images, from the counts at each score of one class.

    Args:
        cuts: The distinct scores and their counts.
        count: Draws.
        classes: C, by which the added images are divided: half of them score above all others, half below.
        rng: Gives the weights.
    """
    small, added = compressed(cuts), SCORE_PRIOR / 2 / classes
    ends = [np.concatenate([[added], one, [added]]) for one in (small.positives, small.negatives)]
    width = len(ends[0])
    parts = []
    for size in _blocks(count, width):
        mine, rest = (rng.standard_gamma(shape, (size, width)) for shape in ends)
        parts.append(weighted(mine, rest))
    # What putting scores together has changed is the same in all draws.
    pairs = zip(zip(*parts, strict=True), _of_counts(cuts), _of_counts(small), strict=True)
    area, precision = (np.concatenate(column) + exact - rough for column, exact, rough in pairs)
    return area, precision


def _of_counts(cuts: Cuts) -> tuple[float, float]:
    area, precision = weighted(cuts.positives[None].astype(np.float64), cuts.negatives[None].astype(np.float64))
    return float(area[0]), float(precision[0])


def weighted(mine: Values, rest: Values, precision: bool = True) -> tuple[Values, Values]:
    """Return the (B,) AUROC and average precision of (B, K) weights at K descending scores; the latter on request."""
    wrong = np.cumsum(rest, axis=1)
    total = mine.sum(axis=1)
    above = np.einsum("bk,bk->b", mine, wrong) - np.einsum("bk,bk->b", mine, rest) / 2  # pairs in the wrong order
    area = 1 - above / (total * wrong[:, -1])
    if not precision:
        return area, np.full(len(area), np.nan)
    found = np.cumsum(mine, axis=1)
    shares = found / np.maximum(found + wrong, np.finfo(float).tiny)
    return area, np.einsum("bk,bk->b", mine, shares) / total


class Ranked:
    """The images in the order of the score of one class.

    Args:
        odds: (N,) scores of the class; equal ones are ties.
        mine: (N,) whether an image belongs to the class.
        classes: C, by which the added images are divided.
    """

    def __init__(self, odds: Values, mine: NDArray[np.bool_], classes: int = 1) -> None:
        self._order = np.argsort(-odds, kind="stable")
        ordered = odds[self._order]
        self._mine = mine[self._order].astype(np.float64)
        self._starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        self._added = SCORE_PRIOR / 2 / classes

    def drawn(self, weights: Values, rng: np.random.Generator, precision: bool = True) -> tuple[Values, Values]:
        """Return (b,) AUROC and, on request, average precision with (b, N) weights of the images.

        Some images have to belong to the class, and some not.
        """
        both = self._parts(weights)
        ends = rng.standard_gamma(self._added, (4, len(weights), 1))
        mine, rest = (np.concatenate([ends[i], part, ends[i + 2]], axis=1) for i, part in enumerate(both))
        return weighted(mine, rest, precision)

    def areas(self, weights: NDArray[Any]) -> Values:
        """Return the (b,) AUROC with (b, N) weights and no added images; nan without images of the class, or others."""
        with np.errstate(invalid="ignore"):
            return weighted(*self._parts(weights), precision=False)[0]

    def both(self, weights: NDArray[Any]) -> tuple[Values, Values]:
        """Return the (b,) AUROC and average precision with (b, N) weights and no added images; nan where undefined."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return weighted(*self._parts(weights))

    def _parts(self, weights: NDArray[Any]) -> tuple[Values, Values]:
        """Return the (b, K) weights of the images of the class at each score, and those of others."""
        ordered = weights[:, self._order]
        mine = ordered * self._mine
        return self._at_scores(mine), self._at_scores(ordered - mine)

    def _at_scores(self, values: Values) -> Values:
        return values if len(self._starts) == values.shape[1] else np.add.reduceat(values, self._starts, axis=1)


def influences(odds: Values, mine: NDArray[np.bool_]) -> tuple[Values, Values]:
    """Return (N,) how AUROC and average precision of one class change with the share of each image, times N.

    With weights w that sum to 1, the value is about the value itself plus `w @ influence`: the derivative, whose error
    falls with 1 / N. For the AUROC these are the placement values of DeLong et al. (1988),
    https://doi.org/10.2307/2531595.
    """
    distinct, place = np.unique(-odds, return_inverse=True)
    positives, negatives = (np.bincount(place[part], minlength=len(distinct)) for part in (mine, ~mine))
    found, wrong = np.cumsum(positives), np.cumsum(negatives)
    total, others, images = found[-1], wrong[-1], len(odds)
    above = np.where(mine, (others - wrong + negatives / 2)[place], (found - positives / 2)[place])
    area = float(above[mine].mean() / others)
    of_area = (above / np.where(mine, others, total) - area) * (images / np.where(mine, total, others))
    called = found + wrong
    precision = float(positives @ (found / called)) / total
    gained, lost = (_from_below(positives * side / called.astype(np.float64) ** 2) for side in (wrong, found))
    of_precision = np.where(mine, (found / called - precision + gained)[place], -lost[place]) * (images / total)
    return of_area, of_precision


def _from_below(values: Values) -> Values:
    """Return the sums of each value and all that follow it."""
    return np.asarray(np.cumsum(values[::-1])[::-1], np.float64)


def compressed(cuts: Cuts, parts: int = 256) -> Cuts:
    """Return cuts whose adjacent scores are put together, so that there are at most twice as many cells as `parts`.

    No cell with more than one score has more than 1 / parts of the images of the class, or of the others.
    """
    if len(cuts.scores) <= 2 * parts:
        return cuts
    places = [
        (np.cumsum(counts) - 1) * parts // max(int(counts.sum()), 1) for counts in (cuts.positives, cuts.negatives)
    ]
    _, begin = np.unique(places[0] + places[1], return_index=True)
    mine, rest = (np.add.reduceat(counts, begin) for counts in (cuts.positives, cuts.negatives))
    return Cuts(cuts.scores[begin], mine, rest, exact=False)

"""One-against-rest scores, their histograms that add up with +, and the area under the ROC curve.

The score of a class is the log odds of its softmax probability. It orders samples as the probability does, but does
not round to 1 for a sure model, so that there are no ties that the model did not make.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics import binning

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

# The AUROC of each class, one against the rest; None where it is undefined, because all samples or none belong to the
# class. With 2 classes both have the same value, the usual binary AUROC of class 1.
Areas = tuple[float | None, ...]

_BLOCK = 1 << 18  # scores that are worked on at once


def mean_area(areas: Areas) -> float | None:
    """The mean of the defined areas; None if there are none."""
    defined = [area for area in areas if area is not None]
    return float(np.mean(defined)) if defined else None


@dataclass(frozen=True, eq=False)
class ScoreHistogram:
    """Scores of C classes counted in B ascending bins; histograms of shards add up with +.

    Attributes:
        positives: (C, B) int64 counts of the samples of each class.
        negatives: (C, B) int64 counts of all other samples.

    Raises:
        ValueError: The shapes differ.
    """

    positives: Counts
    negatives: Counts

    def __post_init__(self) -> None:
        if self.positives.ndim != 2 or self.positives.shape != self.negatives.shape:
            shapes = f"{self.positives.shape} and {self.negatives.shape}"
            raise ValueError(f"positives and negatives must both be (C, B); got {shapes}")

    @classmethod
    def empty(cls, num_classes: int, bins: int | None = None) -> Self:
        """The histogram of no samples: adding it changes nothing."""
        shape = (num_classes, bins or bins_for(num_classes))
        return cls(np.zeros(shape, np.int64), np.zeros(shape, np.int64))

    def __add__(self, other: Self) -> Self:
        if self.positives.shape != other.positives.shape:
            shapes = f"{self.positives.shape} and {other.positives.shape}"
            raise ValueError(f"only histograms of the same classes and bins add up; got {shapes}")
        return type(self)(self.positives + other.positives, self.negatives + other.negatives)


def bins_for(num_classes: int) -> int:
    """Bins per class: 8192 up to 5 classes, then fewer, so that 1000 classes do not fill the disk."""
    return max(256, min(8192, 40960 // max(num_classes, 1)))


def check_scores(logits: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.floating[Any]], Counts]:
    """Return logits as (N, C) floats, which keep their width, and labels as (N,) int64.

    Raises ValueError for other shapes, fewer than 2 classes, labels outside 0..C-1, nan or infinite logits.
    """
    scores, truth = np.asarray(logits), np.asarray(labels)
    if not np.issubdtype(scores.dtype, np.floating):
        scores = scores.astype(np.float64)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise ValueError(f"logits must be (N, C) with C at least 2; got shape {scores.shape}")
    if truth.shape != scores.shape[:1]:
        raise ValueError(f"labels must be ({len(scores)},); got shape {truth.shape}")
    whole = truth.size == 0 or np.issubdtype(truth.dtype, np.integer)
    if not whole or (truth.size and not 0 <= truth.min() <= truth.max() < scores.shape[1]):
        raise ValueError(f"labels must be class indices 0..{scores.shape[1] - 1}")
    rows = max(1, _BLOCK // scores.shape[1])
    blocks = (np.isfinite(scores[begin : begin + rows]) for begin in range(0, len(scores), rows))
    broken = sum(0 if block.all() else int((~block).any(axis=1).sum()) for block in blocks)
    if broken:
        raise ValueError(f"{broken} of {len(scores)} samples have logits that are nan or infinite")
    return scores, truth.astype(np.int64, copy=False)


def _blocks(logits: NDArray[np.floating[Any]]) -> Iterator[Values]:
    """Blocks of rows in float64 of a few MB: copies of all rows would take several times the memory of the logits."""
    rows = max(1, _BLOCK // logits.shape[1])
    return (logits[begin : begin + rows].astype(np.float64) for begin in range(0, len(logits), rows))


def log_odds(logits: NDArray[np.floating[Any]]) -> Iterator[Values]:
    """log(p / (1 - p)) of the softmax probabilities p of finite (N, C) logits, without rounding p to 0 or 1.

    Yields (N,) values for one class after the other, so that no copy of all logits is made.
    """
    return odds_of_two(logits) if logits.shape[1] == 2 else odds_of_many(logits)


def odds_of_two(logits: NDArray[np.floating[Any]]) -> Iterator[Values]:
    """The log odds of each of 2 classes: the logit of the class minus that of the other."""
    first, second = logits.astype(np.float64).T
    yield first - second
    yield second - first


def odds_of_many(logits: NDArray[np.floating[Any]]) -> Iterator[Values]:
    """The log odds of each class; what is the same for all classes is computed once."""
    if not len(logits):
        yield from np.zeros((logits.shape[1], 0))
        return
    parts = zip(*map(_of_rows, _blocks(logits)), strict=True)
    best, top, total, lead = map(np.concatenate, parts)
    for index, column in enumerate(logits.T):
        # Subtracting a share from the total is exact enough, unless that share is nearly all of it.
        below = column.astype(np.float64) - top
        odds = below - np.log(np.maximum(total - np.exp(below), 1.0))
        yield np.where(best == index, lead, odds)


def _of_rows(logits: Values) -> tuple[Counts, Values, Values, Values]:
    """Of each row: the best class, its logit, the sum of exp(logit - best logit), and the log odds of that class."""
    rows, best = np.arange(len(logits)), logits.argmax(axis=1)
    top = logits[rows, best]
    total = np.exp(logits - top[:, None]).sum(axis=1)
    logits[rows, best] = -np.inf
    second = logits.max(axis=1)
    lead = top - second - np.log(np.exp(logits - second[:, None]).sum(axis=1))
    return best, top, total, lead


def score_histogram(logits: ArrayLike, labels: ArrayLike, bins: int | None = None) -> ScoreHistogram:
    """Histogram of (N, C) logits and (N,) labels; N may be 0. Raises ValueError as `check_scores`."""
    scores, truth = check_scores(logits, labels)
    size = bins or bins_for(scores.shape[1])
    if scores.shape[1] == 2:
        return ScoreHistogram(*binning.count_two(scores, truth, size))
    found = [binning.count_one(odds, truth == index, size) for index, odds in enumerate(odds_of_many(scores))]
    return ScoreHistogram(np.stack([mine for mine, _ in found]), np.stack([rest for _, rest in found]))


def _counted(places: Counts, mine: NDArray[np.bool_], size: int) -> list[Counts]:
    """Two (size,) counts: how many samples of a class, and how many others, are at each place."""
    return [np.bincount(places[part], minlength=size) for part in (mine, ~mine)]


def areas_from_histogram(histogram: ScoreHistogram, within: float = 1.0) -> tuple[Areas, bool]:
    """AUROC from bins: scores in one bin count as ties. It is within 1e-4 of the exact value for real models.

    The bins are where a trained model's scores are. If all logits are tiny or close to each other, most of them are
    in one bin, and their order is lost.

    Args:
        histogram: Of all samples.
        within: How far from the exact value the area of a class may be; one that may be further off is None.

    Returns:
        The areas, and whether none of them was left out.
    """
    pairs = list(zip(histogram.positives, histogram.negatives, strict=True))
    areas = [_area(mine, rest) for mine, rest in pairs]
    sure = [area is None or _unsure(*pair) <= within for area, pair in zip(areas, pairs, strict=True)]
    return tuple(area if known else None for area, known in zip(areas, sure, strict=True)), all(sure)


def unsure(histogram: ScoreHistogram) -> tuple[float, ...]:
    """Return how far the area of each class may be off; 0 where it is undefined."""
    pairs = zip(histogram.positives, histogram.negatives, strict=True)
    return tuple(_unsure(*pair) if all(part.any() for part in pair) else 0.0 for pair in pairs)


def _unsure(positives: Counts, negatives: Counts) -> float:
    """How far the area may be off: half of the share of pairs that are in one bin."""
    return float((positives * (negatives / 2)).sum() / (float(positives.sum()) * float(negatives.sum())))


def _area(positives: Counts, negatives: Counts) -> float | None:
    """Probability that a positive scores above a negative; ties count half (Mann and Whitney)."""
    pairs = float(positives.sum()) * float(negatives.sum())
    if pairs == 0:
        return None
    below = np.cumsum(negatives) - negatives
    return float((positives * (below + negatives / 2)).sum() / pairs)


def auroc(logits: ArrayLike, labels: ArrayLike) -> Areas:
    """Exact AUROC from (N, C) logits and (N,) labels. Raises ValueError as `check_scores`."""
    scores, truth = check_scores(logits, labels)
    return areas(log_odds(scores), truth)


def areas(odds: Iterable[Values], labels: Counts) -> Areas:
    """The exact AUROC of each class by its log odds."""
    found = []
    for index, scores in enumerate(odds):
        found.append(area_of(scores, labels == index))
    return tuple(found)


def area_of(scores: Values, mine: NDArray[np.bool_]) -> float | None:
    """The exact AUROC of (N,) scores of samples of which some are of a class; None where all or none are."""
    # Each distinct score is a bin of its own, so that ties count half, as in scikit-learn.
    distinct, place = np.unique(scores, return_inverse=True)
    return _area(*_counted(place, mine, len(distinct)))


def mean_precision(scores: Iterable[Values], mine: Iterable[NDArray[np.bool_]]) -> float | None:
    """The mean over labels of the average precision of (N,) scores; labels that no image has are left out.

    Args:
        scores: Of each label.
        mine: Which of the N images have the label.
    """
    found = [precision_of(*each) for each in zip(scores, mine, strict=True) if each[1].any()]
    return float(np.mean(found)) if found else None


def precision_of(scores: Values, mine: NDArray[np.bool_]) -> float:
    """The average precision of (N,) scores of samples of which some are of a class; equal scores are ties."""
    distinct, place = np.unique(-scores, return_inverse=True)
    return precision_of_ties(*_counted(place, mine, len(distinct)))


def precision_of_ties(positives: Counts, negatives: Counts) -> float:
    """The average precision of (K,) counts of samples of a class, and of others, at descending scores."""
    found = np.cumsum(positives)
    return shares(positives, found, found + np.cumsum(negatives)) / int(found[-1])


def shares(counts: Counts, found: Counts, all_above: Counts) -> float:
    """The sum of (K,) shares of what is found among all above, each as often as its count."""
    return float((counts * (found / np.maximum(all_above, 1))).sum())

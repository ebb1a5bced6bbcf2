"""One-against-rest scores, their histograms that add up with +, and the area under the ROC curve.

The score of a class is the log odds of its softmax probability: it orders samples as the probability does,
but does not round to 1 for a sure model, so that no ties appear that the model did not make.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

# Log odds of +-KNEE share out half of the bins: there a trained model's mistakes, and so the curve, lie.
_KNEE = 6.0
_BLOCK = 1 << 18  # scores that are worked on at once


@dataclass(frozen=True)
class Auroc:
    """Area under the ROC curve, one against the rest.

    per_class: None for a class where it is undefined, because all samples or none belong to it.
    macro: the mean over the defined ones; None if there are none.
    With 2 classes both have the same value, the usual binary AUROC of class 1.
    """

    per_class: tuple[float | None, ...]
    macro: float | None


def macro(areas: Auroc) -> float | None:
    """The mean area; None where no class has one."""
    return areas.macro


def per_class(areas: Auroc) -> tuple[float | None, ...]:
    """The area of each class; None where it is undefined."""
    return areas.per_class


@dataclass(frozen=True, eq=False)
class ScoreHistogram:
    """Scores of C classes counted in B bins, ascending; shards add up with +.

    positives, negatives: (C, B) int64, scores of samples of the class and of all others.
    Raises ValueError for shapes that differ.
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
    """Both as (N, C) floats, of their own width where they have one, and (N,) int64.

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
    broken = sum(int((~np.isfinite(block)).any(axis=1).sum()) for block in _blocks(scores))
    if broken:
        raise ValueError(f"{broken} of {len(scores)} samples have logits that are nan or infinite")
    return scores, truth.astype(np.int64)


def _blocks(logits: NDArray[np.floating[Any]]) -> Iterator[Values]:
    """The rows in float64, as many at once as take up a few MB: copies of all would be several times the logits."""
    rows = max(1, _BLOCK // logits.shape[1])
    return (logits[begin : begin + rows].astype(np.float64) for begin in range(0, len(logits), rows))


class LogOdds:
    """log(p / (1 - p)) of the softmax probabilities p, class by class, without rounding p to 0 or 1.

    What a class shares with all others is worked out once, a number for each sample; so the memory that it takes is
    that of a few columns, however many classes there are.
    """

    def __init__(self, logits: NDArray[np.floating[Any]]) -> None:
        """logits: (N, C), finite."""
        self._logits = logits
        parts = [_of_rows(block) for block in _blocks(logits)] if logits.shape[1] > 2 else []
        empty = (np.zeros(0, np.int64), np.zeros(0), np.zeros(0), np.zeros(0))
        columns = zip(*parts, strict=True) if parts else ((column,) for column in empty)
        self._best, self._top, self._total, self._lead = map(np.concatenate, columns)

    def of(self, index: int) -> Values:
        """(N,) of one class."""
        mine = self._logits[:, index].astype(np.float64)
        if self._logits.shape[1] == 2:
            return mine - self._logits[:, 1 - index].astype(np.float64)
        # Taking a share from the total is exact enough, except where that share is nearly all of it.
        below = mine - self._top
        odds: Values = below - np.log(np.maximum(self._total - np.exp(below), 1.0))
        return np.where(self._best == index, self._lead, odds)


def _of_rows(logits: Values) -> tuple[Counts, Values, Values, Values]:
    """The best class, its logit, the sum of all shares of that one's, and the log odds of the best class."""
    rows, best = np.arange(len(logits)), logits.argmax(axis=1)
    top = logits[rows, best]
    total = np.exp(logits - top[:, None]).sum(axis=1)
    logits[rows, best] = -np.inf
    second = logits.max(axis=1)
    lead = top - second - np.log(np.exp(logits - second[:, None]).sum(axis=1))
    return best, top, total, lead


def _bin(scores: Values, bins: int) -> Counts:
    # Squashed onto -1..1 rather than clipped: no score is too large, and the order is kept.
    squashed = scores / (_KNEE + np.abs(scores))
    return np.clip(((squashed + 1) * (bins / 2)).astype(np.int64), 0, bins - 1)


def score_histogram(logits: ArrayLike, labels: ArrayLike, bins: int | None = None) -> ScoreHistogram:
    """Histogram of (N, C) logits and (N,) labels; N may be 0. Raises ValueError as `check_scores`."""
    scores, truth = check_scores(logits, labels)
    odds, size = LogOdds(scores), bins or bins_for(scores.shape[1])
    counted = [_counted(_bin(odds.of(index), size), truth == index, size) for index in range(scores.shape[1])]
    return ScoreHistogram(np.stack([mine for mine, _ in counted]), np.stack([rest for _, rest in counted]))


def _counted(places: Counts, mine: NDArray[np.bool_], size: int) -> tuple[Counts, Counts]:
    """(size,) how many samples of a class, and of all others, are at each place."""
    parts = (np.bincount(places[part], minlength=size).astype(np.int64) for part in (mine, ~mine))
    return next(parts), next(parts)


def of_classes(per_class: Sequence[float | None]) -> Auroc:
    """The areas of the classes with their mean; None for a class where it is undefined."""
    defined = [value for value in per_class if value is not None]
    return Auroc(tuple(per_class), float(np.mean(defined)) if defined else None)


def auroc_from_histogram(histogram: ScoreHistogram, within: float = 1.0) -> Auroc:
    """AUROC from bins: scores within a bin count as ties. Within 1e-4 of the exact value on real models.

    The bins lie where a trained model's scores do. Where all logits are tiny, or lie on top of each other for another
    reason, most of them fall into one bin, and their order is lost.

    Args:
        histogram: of all samples.
        within: how far from the exact value a class's may be at most; what may be further off is None.

    Returns:
        The areas. macro: the mean over all classes that have one; None where any of them is left out.
    """
    pairs = list(zip(histogram.positives, histogram.negatives, strict=True))
    areas = [_area(mine, rest) for mine, rest in pairs]
    sure = [area is None or _unsure(*pair) <= within for area, pair in zip(areas, pairs, strict=True)]
    found = of_classes([area if known else None for area, known in zip(areas, sure, strict=True)])
    return found if all(sure) else Auroc(found.per_class, None)


def _unsure(positives: Counts, negatives: Counts) -> float:
    """How far the area may be off: by half of all pairs that share a bin."""
    return float((positives * (negatives / 2)).sum() / (float(positives.sum()) * float(negatives.sum())))


def _area(positives: Counts, negatives: Counts) -> float | None:
    """Probability that a positive scores above a negative, ties half (Mann and Whitney)."""
    pairs = float(positives.sum()) * float(negatives.sum())
    if pairs == 0:
        return None
    below = np.cumsum(negatives) - negatives
    return float((positives * (below + negatives / 2)).sum() / pairs)


def auroc(logits: ArrayLike, labels: ArrayLike) -> Auroc:
    """Exact AUROC from (N, C) logits and (N,) labels. Raises ValueError as `check_scores`."""
    return of_classes(areas(*check_scores(logits, labels)))


def areas(logits: NDArray[np.floating[Any]], labels: Counts) -> list[float | None]:
    """The exact area of each class, of logits and labels that were checked."""
    odds = LogOdds(logits)
    return [_exact_area(odds.of(index), labels == index) for index in range(logits.shape[1])]


def _exact_area(scores: Values, mine: NDArray[np.bool_]) -> float | None:
    # Each distinct score is a bin of its own, which makes ties count half, as scikit-learn does.
    distinct, place = np.unique(scores, return_inverse=True)
    return _area(*_counted(place, mine, len(distinct)))

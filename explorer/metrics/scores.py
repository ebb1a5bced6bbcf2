"""One-against-rest scores, their histograms that add up with +, and the area under the ROC curve.

The score of a class is the log odds of its softmax probability: it orders samples as the probability does,
but does not round to 1 for a sure model, so that no ties appear that the model did not make.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]
Values = NDArray[np.float64]

# Log odds of +-KNEE share out half of the bins: there a trained model's mistakes, and so the curve, lie.
_KNEE = 6.0


@dataclass(frozen=True)
class Auroc:
    """Area under the ROC curve, one against the rest.

    per_class: None for a class where it is undefined, because all samples or none belong to it.
    macro: the mean over the defined ones; None if there are none.
    With 2 classes both have the same value, the usual binary AUROC of class 1.
    """

    per_class: tuple[float | None, ...]
    macro: float | None


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


def check_scores(logits: ArrayLike, labels: ArrayLike) -> tuple[Values, Counts]:
    """Both as (N, C) float64 and (N,) int64.

    Raises ValueError for other shapes, fewer than 2 classes, labels outside 0..C-1, nan or infinite logits.
    """
    scores, truth = np.asarray(logits, np.float64), np.asarray(labels)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise ValueError(f"logits must be (N, C) with C at least 2; got shape {scores.shape}")
    if truth.shape != scores.shape[:1]:
        raise ValueError(f"labels must be ({len(scores)},); got shape {truth.shape}")
    whole = truth.size == 0 or np.issubdtype(truth.dtype, np.integer)
    if not whole or (truth.size and not 0 <= truth.min() <= truth.max() < scores.shape[1]):
        raise ValueError(f"labels must be class indices 0..{scores.shape[1] - 1}")
    broken = int((~np.isfinite(scores)).any(axis=1).sum())
    if broken:
        raise ValueError(f"{broken} of {len(scores)} samples have logits that are nan or infinite")
    return scores, truth.astype(np.int64)


def log_odds(logits: Values) -> Values:
    """(N, C) log(p / (1 - p)) of the softmax probabilities p, without rounding p to 0 or 1."""
    if logits.shape[1] == 2:
        margin = logits[:, 1] - logits[:, 0]
        return np.stack([-margin, margin], axis=1)
    rows, best = np.arange(len(logits)), logits.argmax(axis=1)
    top = logits[rows, best]
    shares = np.exp(logits - top[:, None])
    # Taking a share from the total is exact enough, except where that share is nearly all of it.
    odds: Values = logits - top[:, None] - np.log(np.maximum(shares.sum(axis=1, keepdims=True) - shares, 1.0))
    others = logits.copy()
    others[rows, best] = -np.inf
    second = others.max(axis=1)
    odds[rows, best] = top - second - np.log(np.exp(others - second[:, None]).sum(axis=1))
    return odds


def _bin(scores: Values, bins: int) -> Counts:
    # Squashed onto -1..1 rather than clipped: no score is too large, and the order is kept.
    squashed = scores / (_KNEE + np.abs(scores))
    return np.clip(((squashed + 1) * (bins / 2)).astype(np.int64), 0, bins - 1)


def score_histogram(logits: ArrayLike, labels: ArrayLike, bins: int | None = None) -> ScoreHistogram:
    """Histogram of (N, C) logits and (N,) labels; N may be 0. Raises ValueError as `check_scores`."""
    scores, truth = check_scores(logits, labels)
    num_classes = scores.shape[1]
    size = bins or bins_for(num_classes)
    cells = _bin(log_odds(scores), size) + np.arange(num_classes) * size
    mine = truth[:, None] == np.arange(num_classes)
    shape, length = (num_classes, size), num_classes * size
    return ScoreHistogram(
        np.bincount(cells[mine], minlength=length).reshape(shape).astype(np.int64),
        np.bincount(cells[~mine], minlength=length).reshape(shape).astype(np.int64),
    )


def _auroc(per_class: list[float | None]) -> Auroc:
    defined = [value for value in per_class if value is not None]
    return Auroc(tuple(per_class), float(np.mean(defined)) if defined else None)


def auroc_from_histogram(histogram: ScoreHistogram) -> Auroc:
    """AUROC from bins: scores within a bin count as ties. Within 1e-4 of the exact value on real models."""
    return _auroc([_area(mine, rest) for mine, rest in zip(histogram.positives, histogram.negatives, strict=True)])


def _area(positives: Counts, negatives: Counts) -> float | None:
    """Probability that a positive scores above a negative, ties half (Mann and Whitney)."""
    pairs = float(positives.sum()) * float(negatives.sum())
    if pairs == 0:
        return None
    below = np.cumsum(negatives) - negatives
    return float((positives * (below + negatives / 2)).sum() / pairs)


def auroc(logits: ArrayLike, labels: ArrayLike) -> Auroc:
    """Exact AUROC from (N, C) logits and (N,) labels. Raises ValueError as `check_scores`."""
    scores, truth = check_scores(logits, labels)
    odds = log_odds(scores)
    return _auroc([_exact_area(odds[:, index], truth == index) for index in range(scores.shape[1])])


def _exact_area(scores: Values, mine: NDArray[np.bool_]) -> float | None:
    # Each distinct score is a bin of its own, which makes ties count half, as scikit-learn does.
    distinct, place = np.unique(scores, return_inverse=True)
    size = len(distinct)
    return _area(
        np.bincount(place[mine], minlength=size).astype(np.int64),
        np.bincount(place[~mine], minlength=size).astype(np.int64),
    )

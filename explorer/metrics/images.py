"""What the scores of single images give: their losses, the rank of the true class, and how sure the network is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.metrics.scores import check_scores

Values = NDArray[np.float64]

_BLOCK = 1 << 18  # scores that are worked on at once


@dataclass(frozen=True, eq=False)
class ImageScores:
    """Numbers of N images by the softmax of their logits.

    Attributes:
        log_loss: (N,) -log of the probability of the true class, without rounding a probability to 0.
        brier: (N,) sum over the classes of (probability - truth)², 0..2; with 2 classes half of it, 0..1. This is
            what scikit-learn's brier_score_loss averages.
        rank: (N,) int64, how many classes score higher than the true one; of equal scores the later class is taken as
            the higher one, as in scikit-learn's top_k_accuracy_score.
        confidence: (N,) the highest probability.
        right: (N,) whether the class of the highest probability, the first of equal ones, is the true one.
    """

    log_loss: Values
    brier: Values
    rank: NDArray[np.int64]
    confidence: Values
    right: NDArray[np.bool_]


def image_scores(logits: ArrayLike, labels: ArrayLike) -> ImageScores:
    """Return the numbers of (N, C) logits and (N,) labels; N may be 0. Raises ValueError as `check_scores`."""
    scores, truth = check_scores(logits, labels)
    rows = max(1, _BLOCK // scores.shape[1])
    parts = [_of_rows(scores[at : at + rows], truth[at : at + rows]) for at in range(0, max(len(truth), 1), rows)]
    return ImageScores(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _of_rows(logits: NDArray[np.floating[Any]], labels: NDArray[np.int64]) -> tuple[NDArray[Any], ...]:
    scores = logits.astype(np.float64)
    count, classes = scores.shape
    rows = np.arange(count)
    below = scores - scores.max(axis=1, keepdims=True)
    shares = np.exp(below)
    total = shares.sum(axis=1)
    shares /= total[:, None]
    true = scores[rows, labels][:, None]
    later = np.arange(classes) > labels[:, None]
    rank = (scores > true).sum(axis=1) + ((scores == true) & later).sum(axis=1)
    best = scores.argmax(axis=1)
    confidence = shares[rows, best]
    log_loss = np.log(total) - below[rows, labels]
    shares[rows, labels] -= 1
    brier = (shares**2).sum(axis=1) / (2 if classes == 2 else 1)
    return log_loss, brier, rank.astype(np.int64), confidence, best == labels


@dataclass(frozen=True, eq=False)
class Reliability:
    """Bins of about as many images each by confidence (equal mass), ascending; images of equal confidence share one.

    Attributes:
        count: (K,) int64 images of each bin, none of them empty.
        confidence: (K,) mean predicted probability.
        right: (K,) share of images for which what is predicted is true.
        place: (N,) the bin of each image.
    """

    count: NDArray[np.int64]
    confidence: Values
    right: Values
    place: NDArray[np.int64]


ECE_BINS = 15


def reliability(confidence: Values, right: NDArray[np.bool_], bins: int = ECE_BINS) -> Reliability:
    """Return the bins of (N,) probabilities and whether what they say is true; N may be 0."""
    edges = np.quantile(confidence, np.linspace(0, 1, bins + 1)[1:-1]) if len(confidence) else np.zeros(0)
    _, place = np.unique(np.searchsorted(edges, confidence), return_inverse=True)
    count = np.bincount(place)
    sums = (np.bincount(place, values, len(count)) for values in (confidence, right))
    sure, true = (total / np.maximum(count, 1) for total in sums)
    return Reliability(count.astype(np.int64), sure, true, place.astype(np.int64))


def calibration_error(found: Reliability) -> float:
    """Return the expected calibration error, 0..1; nan without images.

    Equal mass bins as in Nguyen and O'Connor (2015), https://arxiv.org/abs/1508.05154.
    """
    total = int(found.count.sum())
    return float(found.count @ np.abs(found.confidence - found.right) / total) if total else float("nan")

"""Counts and scores where an image can have several labels: (N, L) labels and predictions, 0 or 1.

The score of a label is its logit, which is the log odds of its probability. Counts of shards add up: confusion
matrices with +, kinds of images with `added`.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics import binning
from explorer.metrics.rates import ratio
from explorer.metrics.scores import Areas, ScoreHistogram, area_of, bins_for

Counts = NDArray[np.int64]
Values = NDArray[np.float64]
FOUND, TRUE, PREDICTED, IMAGES = range(4)  # the columns of kinds of images


def label_confusion(labels: Counts, predicted: Counts) -> Counts:
    """(L, 2, 2) counts of images for each label, without and with it; rows are the truth."""
    found = (labels & predicted).sum(axis=0)
    true, called = labels.sum(axis=0), predicted.sum(axis=0)
    cells = [len(labels) - true - called + found, called - found, true - found, found]
    return np.asarray(np.stack(cells, axis=1).reshape(-1, 2, 2), np.int64)


def label_sets(labels: Counts, predicted: Counts) -> Counts:
    """(N, 3) of each image: labels that are found, that it has, and that are predicted."""
    return np.stack([(labels & predicted).sum(axis=1), labels.sum(axis=1), predicted.sum(axis=1)], axis=1)


def above(logits: NDArray[np.floating[Any]], threshold: float) -> Counts:
    """(N, L) 1 where a label is predicted: where its probability by the (N, L) logits is above a threshold."""
    return (logits > np.float32(math.log(threshold / (1 - threshold)))).astype(np.int64)


def image_margins(labels: Counts, predicted: Counts) -> Counts:
    """(N, L, 3) of each image and label, 0 or 1: whether it is found, whether the image has it, whether predicted."""
    return np.stack([labels & predicted, labels, predicted], axis=2).astype(np.int64)


def sets_of(labels: Counts, predicted: Counts) -> Counts:
    """(K, 4) kinds of images: labels that are found, that an image has, that are predicted, and how many images."""
    kinds, counts = np.unique(label_sets(labels, predicted), axis=0, return_counts=True)
    return np.column_stack([kinds, counts]).astype(np.int64)


def check_label_scores(logits: NDArray[np.floating[Any]], labels: Counts) -> None:
    """Raise ValueError unless logits are finite and (N, L), and labels of the same shape are 0 or 1."""
    if logits.ndim != 2 or labels.shape != logits.shape:
        raise ValueError(f"logits and labels must both be (N, L); got {logits.shape} and {labels.shape}")
    if not np.isin(labels, (0, 1)).all():
        raise ValueError("labels must be 0 or 1")
    broken = int((~np.isfinite(logits)).any(axis=1).sum())
    if broken:
        raise ValueError(f"{broken} of {len(logits)} samples have logits that are nan or infinite")


def label_histogram(logits: NDArray[np.floating[Any]], labels: Counts) -> ScoreHistogram:
    """Histogram of the (N, L) logits of each label, of images with it and of those without."""
    size = bins_for(logits.shape[1])
    pairs = zip(logits.T, labels.T, strict=True)
    found = [binning.count_one(scores.astype(np.float64), mine == 1, size) for scores, mine in pairs]
    return ScoreHistogram(np.stack([mine for mine, _ in found]), np.stack([rest for _, rest in found]))


def label_areas(logits: NDArray[np.floating[Any]], labels: Counts) -> Areas:
    """Exact AUROC of each label; None where all images have it, or none."""
    return tuple(area_of(scores.astype(np.float64), mine == 1) for scores, mine in zip(logits.T, labels.T, strict=True))


def f1_samples(sets: Counts) -> Values:
    """(K,) F1 of the labels of an image of each kind; nan where it has no label and none is predicted."""
    both = sets[:, TRUE] + sets[:, PREDICTED]
    return ratio(2 * sets[:, FOUND], both)


def f1_of_images(sets: Counts) -> float:
    """The mean F1 of the labels of an image, over the images that have a label or get one; nan without any."""
    return float(mean_of_images(f1_samples(sets), sets[:, IMAGES]))


def exact(sets: Counts) -> Values:
    """(K,) 1 where exactly the right labels are predicted, and 0 elsewhere."""
    all_found, none_wrong = sets[:, FOUND] == sets[:, TRUE], sets[:, FOUND] == sets[:, PREDICTED]
    return np.asarray(all_found & none_wrong, np.float64)


def mean_of_images(values: Values, weights: NDArray[Any]) -> Values:
    """The mean over the images for which a value is defined; nan where there are none.

    Args:
        values: (K,) of each kind.
        weights: (..., K) of all images of a kind together.
    """
    defined = ~np.isnan(values)
    used = weights[..., defined]
    return ratio(used @ values[defined], used.sum(axis=-1))

"""Simulated answers of variants."""

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.verdicts.answers import OutOfFold


def simulated(
    images: int, classes: int = 2, repeats: int = 6, gains: tuple[float, ...] = (0.0, 0.0), seed: int = 0
) -> OutOfFold:
    """Return variants "v0", "v1" ..., of which the logit of the true class is higher by `gains`.

    What makes an image hard is the same for all variants; each repeat of each variant adds noise of its own.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(images) % classes
    base = rng.normal(size=(images, classes))
    base[np.arange(images), labels] += 1.5
    logits = {}
    for number, gain in enumerate(gains):
        scores = base + rng.normal(0, 0.4, (repeats, images, classes))
        scores[:, np.arange(images), labels] += gain
        logits[f"v{number}"] = scores.astype(np.float32)
    return OutOfFold(labels, logits)


def grouped(scores: OutOfFold, size: int) -> OutOfFold:
    """Return the same answers with groups of so many images each, of one class each."""
    groups: NDArray[np.int64] = np.empty(scores.images, np.int64)
    for label in range(scores.classes):
        rows = np.flatnonzero(scores.labels == label)
        groups[rows] = np.arange(len(rows)) // size * scores.classes + label
    return OutOfFold(scores.labels, scores.logits, groups)

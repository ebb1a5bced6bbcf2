"""Images that two variants answer differently: how often each is right about them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.verdicts.answers import Contrast, OutOfFold

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Changed:
    """The images that changed sides.

    Attributes:
        repeats: R.
        right_plus, right_minus: (N,) the share of repeats in which each variant is right about an image, 0..1.
        won, lost: Rows of the images about which the first variant is right more often, and less often; the largest
            change first, of equal ones in their order.
    """

    repeats: int
    right_plus: Values
    right_minus: Values
    won: Counts
    lost: Counts


def changed_images(scores: OutOfFold, contrast: Contrast) -> Changed:
    """Return how often two variants are right about each image, and where that differs."""
    plus, minus = ((scores.of(name).argmax(axis=2) == scores.labels).mean(axis=0) for name in contrast)
    change = np.round((plus - minus) * scores.repeats).astype(np.int64)
    order = np.argsort(-np.abs(change), kind="stable")
    return Changed(scores.repeats, plus, minus, order[change[order] > 0], order[change[order] < 0])

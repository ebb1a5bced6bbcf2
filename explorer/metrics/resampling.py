"""Resampling images with replacement (bootstrap): how often each image is drawn.

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

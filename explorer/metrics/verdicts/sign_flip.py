"""The sign flip test of paired runs: could chance alone have made one recipe better in so many of them?"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.verdicts.answers import Contrast, OutOfFold
from explorer.metrics.verdicts.measured import judged, measured, oriented

Values = NDArray[np.float64]

FEWEST = 6  # paired runs: R have 2^R patterns of signs, so that fewer cannot reach p = 0.05
MOST = 20  # of which all patterns are tried
_ROUNDING = 1e-12  # relative; sums that are this close are equal


@dataclass(frozen=True)
class SignFlip:
    """The exact two-sided sign flip test of R paired runs.

    Attributes:
        p: The share of the 2^R patterns of signs whose mean is at least as far from 0 as that of the runs.
        least_p: The smallest p that so many runs can have, 2^(1 - R).
        repeats: R.
    """

    p: float
    least_p: float
    repeats: int


def sign_flip(differences: NDArray[np.floating[Any]]) -> SignFlip:
    """Test (R,) differences of paired runs: with equal recipes, each is as likely to be of either sign.

    Raises:
        ValueError: There are none or more than 20, or one is nan or infinite.
    """
    values = np.asarray(differences, np.float64)
    if values.ndim != 1 or not 1 <= len(values) <= MOST or not np.isfinite(values).all():
        raise ValueError(f"the sign flip test takes 1 to {MOST} finite differences; got {values}")
    count = len(values)
    bits = np.arange(1 << count)
    sums = np.zeros(len(bits))
    for place, value in enumerate(values):
        sums += np.where(bits >> place & 1, value, -value)
    limit = abs(values.sum()) - _ROUNDING * np.abs(values).sum()
    return SignFlip(float((np.abs(sums) >= limit).mean()), 2.0 ** (1 - count), count)


def run_differences(scores: OutOfFold, contrast: Contrast, metric: str) -> Values:
    """Return the (R,) difference of a metric in each repeat; positive where `plus` is better, nan where undefined."""
    key = judged(metric)
    plus, minus = (measured(scores.labels, scores.of(name), key).values for name in contrast)
    return oriented(key, plus - minus)

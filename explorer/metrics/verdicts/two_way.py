"""The two-way bootstrap: repeats and, independently of them, units are drawn with replacement ("pigeonhole").

See Owen (2007), https://doi.org/10.1214/07-AOAS122.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.resampling import DRAWS, draws

Values = NDArray[np.float64]

_SEED = 20270  # the same answers always give the same interval
_ROUNDING = 1e-12  # scatter below is due to the order of sums


@dataclass(frozen=True, eq=False)
class Drawn:
    """Draws of J effects.

    Attributes:
        effects: (B, J) of all repeats that were drawn; the same draws for all effects.
        better: (J,) the share of draws of a single repeat in which the effect is positive, 0..1; a tie counts half.
    """

    effects: Values
    better: Values


def drawn(cells: Sequence[Values], strata: Counts, count: int = DRAWS, seed: int = _SEED) -> Drawn:
    """Draw effects of the same repeats and units.

    With one repeat only the units are drawn.

    Args:
        cells: (R, G) numbers of each of the J effects: see `units.py`.
        strata: (G,) within which units are drawn.
        count: Draws.
        seed: Of the draws.
    """
    repeats, units = cells[0].shape
    rng = np.random.default_rng(seed)
    of_repeats = rng.multinomial(repeats, np.full(repeats, 1 / repeats), count) / repeats
    columns = np.concatenate(cells).T / units
    effects, better = np.empty((count, len(cells))), np.zeros(len(cells))
    at = 0
    for weights in draws(strata, count, seed):
        single = (weights @ columns).reshape(len(weights), len(cells), repeats)
        effects[at : at + len(weights)] = np.einsum("bjr,br->bj", single, of_repeats[at : at + len(weights)])
        better += (np.sign(single) + 1).sum(axis=0).mean(axis=1) / 2
        at += len(weights)
    return Drawn(effects, better / count)


def standard_error(cells: Values) -> float:
    """Return the standard error of the mean of (R, G) numbers over repeats and units.

    It is that over repeats and that over units, added in squares. What belongs to neither is so counted twice, as in a
    two-way clustered variance from which the part of both is not taken off (Cameron, Gelbach and Miller 2011,
    https://doi.org/10.1198/jbes.2010.07136): that part stands for the training images that all repeats share. In
    simulations intervals of this width contain the truth most nearly as often as they say; those of the spread of the
    two-way draws, which count it three times, do so too often, and those that count it once too rarely where images
    are few. With one repeat it is the standard error over units.
    """
    parts = [means.var(ddof=1) / len(means) for means in (cells.mean(axis=1), cells.mean(axis=0)) if len(means) > 1]
    return float(np.sqrt(sum(parts)))


def reached(found: Values, effects: Values, level: float) -> float:
    """Return how many standard errors intervals have to reach to both sides so that all hold at once, by max |t|.

    It is the quantile over draws of the largest distance of a draw from its effect, in standard deviations of the
    draws (Westfall and Young 1993); never less than that of one normal distribution. Effects whose draws are all the
    same take no part.

    Args:
        found: (B, J) draws of the effects.
        effects: (J,) the effects.
        level: Of the intervals.
    """
    alone = NormalDist().inv_cdf((1 + level) / 2)
    scatter = found.std(axis=0, ddof=1)
    moving = scatter > _ROUNDING
    if not moving.any():
        return alone
    distances = np.abs(found[:, moving] - effects[moving]) / scatter[moving]
    return max(alone, float(np.quantile(distances.max(axis=1), level)))

"""What augmentation is worth in photographs: the horizontal distance of two learning curves.

The curves are a metric over the number of training images, with and without a pipeline. At the largest number n
without it, the metric has a value which the pipeline may reach with fewer images, m: then it is worth n - m of them.
Where it is worse, m images without it do as well as n with it, and it costs n - m. Nothing is extrapolated.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from explorer.metrics.counts import Counts
from explorer.metrics.resampling import DRAWS, LEVEL
from explorer.metrics.verdicts.answers import Logits, OutOfFold
from explorer.metrics.verdicts.measured import judged, oriented
from explorer.metrics.verdicts.two_way import drawn
from explorer.metrics.verdicts.units import single, strata_of

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """A metric, in its own direction, at each number of training images, with pointwise 95 % intervals."""

    values: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Worth:
    """What a pipeline is worth in training images.

    Attributes:
        code: "worth" and "costs" where the interval is above and below 0, else "unknown".
        sizes: Numbers of training images, ascending.
        plus, minus: The curves with and without the pipeline; None where the metric is undefined somewhere.
        photographs: By how many images fewer the better one needs, negative where that is the one without; None
            where it is undefined.
        low, high: Its 95 % interval.
        low_open, high_open: Whether an end lies beyond the smallest size, so that it may be further out: "at least".
        open: The same of `photographs`.
        why: Why it is undefined, as the end of a sentence.
    """

    code: Literal["worth", "costs", "unknown"]
    sizes: tuple[int, ...]
    plus: Curve | None = None
    minus: Curve | None = None
    photographs: float | None = None
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    open: bool = False
    why: str = ""


def worth(
    labels: Counts,
    sizes: Sequence[int],
    plus: Sequence[Logits],
    minus: Sequence[Logits],
    metric: str,
    *,
    groups: Counts | None = None,
    count: int = DRAWS,
) -> Worth:
    """Estimate what a pipeline is worth in training images. Repeats and images are drawn, all sizes together.

    Args:
        labels: (N,) classes of the images that are answered.
        sizes: Training images, ascending, at least two.
        plus, minus: At each size the (R, N, C) logits with and without the pipeline.
        metric: As in `effects`.
        groups: (N,) images of one group are drawn together.
        count: Draws of the bootstrap.

    Raises:
        ValueError: Sizes are not ascending or fewer than two, or as `OutOfFold` and `effects`.
    """
    if len(sizes) < 2 or any(after <= before for before, after in pairwise(sizes)):
        raise ValueError(f"sizes must be at least two, ascending; got {list(sizes)}")
    key = judged(metric)
    sides = {"plus": plus, "minus": minus}
    named = {f"{side} {size}": part[at] for side, part in sides.items() for at, size in enumerate(sizes)}
    scores = OutOfFold(labels, named, groups)
    cells, whys = zip(*(single(scores, name, key) for name in named), strict=True)
    known = [one for one in cells if one is not None]
    if len(known) < len(cells):
        return Worth("unknown", tuple(sizes), why=next(why for why in whys if why))
    curves = drawn(known, strata_of(scores, key), count).effects.reshape(count, 2, len(sizes))
    middle = np.array([one.mean() for one in known]).reshape(2, len(sizes))
    return _worth(tuple(sizes), key, middle, curves)


def _worth(sizes: tuple[int, ...], metric: str, middle: Values, curves: Values) -> Worth:
    """Return the worth from the (2, K) curves, oriented so that higher is better, and (B, 2, K) draws of them."""
    photographs = float(saved(sizes, *middle))
    draws = np.array([saved(sizes, *one) for one in curves])
    low, high = (float(end) for end in np.quantile(draws, _ENDS))
    most = sizes[-1] - sizes[0]
    plus, minus = _curves(metric, middle, curves)
    return Worth(
        "worth" if low > 0 else "costs" if high < 0 else "unknown",
        sizes,
        plus,
        minus,
        photographs,
        low,
        high,
        low_open=low <= -most,
        high_open=high >= most,
        open=abs(photographs) >= most,
    )


_ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def _curves(metric: str, middle: Values, curves: Values) -> Iterator[Curve]:
    for at in range(2):
        ends = np.quantile(curves[:, at], _ENDS, axis=0)
        low, high = np.sort(oriented(metric, ends), axis=0)
        values = oriented(metric, middle[at])
        yield Curve(*(tuple(part.tolist()) for part in (values, low, high)))


def saved(sizes: Sequence[int], plus: Values, minus: Values) -> float:
    """Return by how many images fewer the better of two curves, higher is better, reaches the end of the other.

    The curves are first made to rise, by isotonic regression, and are straight over the logarithm of the size.
    Where the better one is as good already at the smallest size, the number is that of the largest less the smallest.
    """
    # Imported here: it takes half a second.
    from scipy.optimize import isotonic_regression

    rising = [isotonic_regression(one).x for one in (plus, minus)]
    ends = [one[-1] for one in rising]
    if ends[0] == ends[1]:
        return 0.0
    better = int(ends[1] > ends[0])
    needed = _size_at(sizes, rising[better], float(ends[1 - better]))
    return (sizes[-1] - needed) * (-1 if better else 1)


def _size_at(sizes: Sequence[int], rising: Values, value: float) -> float:
    """Return the smallest size at which a rising curve has a value, which it has at the end; the first if before."""
    place = int(np.searchsorted(rising, value))
    if place == 0:
        return float(sizes[0])
    below, above = rising[place - 1], rising[place]
    share = (value - below) / (above - below)
    return float(np.exp(np.interp(share, [0, 1], np.log(sizes[place - 1 : place + 1]))))

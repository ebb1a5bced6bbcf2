"""A metric of variants by themselves, each with a pointwise interval, as a curve of it is drawn with."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

import numpy as np

from explorer.metrics.counts import Counts
from explorer.metrics.resampling import DRAWS, LEVEL
from explorer.metrics.table import EVERY
from explorer.metrics.verdicts.answers import Logits, OutOfFold
from explorer.metrics.verdicts.measured import judged
from explorer.metrics.verdicts.two_way import drawn
from explorer.metrics.verdicts.units import alone, least_error, strata_of

Name = TypeVar("Name", bound=Hashable)


@dataclass(frozen=True)
class Level:
    """A metric in its own direction, as the mean over the repeats, with its 95 % interval over repeats and images.

    Attributes:
        value: None where it is undefined.
        low, high: None where it is undefined.
        why: Why it is undefined, as the end of a sentence.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""


def levels(
    labels: Counts, answers: Mapping[Name, Logits], metric: str, groups: Counts | None = None, count: int = DRAWS
) -> dict[Name, Level]:
    """Estimate a metric of each variant. Intervals are pointwise, and differences have others: see `effects.py`.

    Args:
        labels: (N,) classes.
        answers: (R, N, C) logits of each variant.
        metric: A key of `measured.JUDGED`, or the validation loss, for which the log loss stands.
        groups: (N,) images of one group are drawn together.
        count: Draws of the bootstrap.

    Raises:
        ValueError: For another metric, or logits of different shapes.
    """
    key, names = judged(metric), list(answers)
    scores = OutOfFold(labels, {str(place): answers[name] for place, name in enumerate(names)}, groups)
    found = [alone(scores, str(place), key) for place in range(len(names))]
    known = [one.cells for one in found if one.cells is not None]
    if not known:
        return {name: Level(None, why=one.why) for name, one in zip(names, found, strict=True)}
    scatter = iter(drawn(known, strata_of(scores, key), count).effects.std(axis=0, ddof=1))
    least, reach = least_error(labels, scores.classes, key), NormalDist().inv_cdf((1 + LEVEL) / 2)
    result = {}
    for name, one in zip(names, found, strict=True):
        if one.cells is None:
            result[name] = Level(None, why=one.why)
            continue
        error = reach * max(float(next(scatter)), least)
        value = float(one.plus.mean())
        low, high = _within(key, value - error, value + error)
        result[name] = Level(value, low, high)
    return result


def _within(metric: str, low: float, high: float) -> tuple[float, float]:
    """Cut an interval at the values that a metric can have."""
    found = EVERY[metric]
    ends = (0.0, np.inf) if found.better == "lower" else (found.low, 1.0)
    return max(low, ends[0]), min(high, float(ends[1]))

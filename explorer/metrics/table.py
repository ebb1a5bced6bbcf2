"""The metrics of a validation. Pages, lists, commands, loggers, reports and exported code follow this table.

To add one, write its function in `rates.py`, `scores.py` or `images.py`, its value in `values.py`, and its entry in
`entries.py`. An entry with `compute` is listed: it is computed for every epoch.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from explorer.metrics.counts import Counts
from explorer.metrics.entries import ENTRIES, HEADLINE, LOSS
from explorer.metrics.filled import filled
from explorer.metrics.metric import Evaluation, Metric, Value
from explorer.metrics.rates import margins
from explorer.metrics.scores import Areas

__all__ = [
    "EVERY", "HEADLINE", "LOSS", "METRICS", "SCORES", "TITLES", "Evaluation", "Measured", "Metric", "Value",
    "class_values", "filled", "floor", "measure", "values",
]  # fmt: skip

EVERY = {metric.key: metric for metric in ENTRIES}
METRICS = {metric.key: metric for metric in ENTRIES if metric.listed}  # of every epoch
TITLES = {metric.key: metric.title for metric in METRICS.values()}
SCORES = tuple(metric for metric in METRICS.values() if metric.of != "loss")  # those that lie between `low` and 1


@dataclass(frozen=True)
class Measured:
    """The metrics of one epoch.

    Args:
        values: Key -> value; None where it is undefined.
        per_class: Key -> a value of each class, for the metrics that have them.
        sure: Whether all areas are known. Those that a histogram does not determine are None, and so is their mean.
    """

    values: dict[str, float | None]
    per_class: dict[str, Areas]
    sure: bool = True


def measure(evaluation: Evaluation, sure: bool = True) -> Measured:
    """Compute the listed metrics. sure: whether all areas are known."""
    parts = {"counts": evaluation.margins, "scores": evaluation.areas, "loss": evaluation.loss}
    values = {
        key: _known(metric.compute(parts[metric.of])) if sure or metric.of != "scores" else None
        for key, metric in METRICS.items()
    }
    classes = {m.key: tuple(map(_known, m.per_class(parts[m.of]))) for m in METRICS.values() if m.per_class}
    return Measured(values, classes, sure)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def values(evaluation: Evaluation, keys: Collection[str] = tuple(EVERY)) -> dict[str, Value]:
    """Return the value of each metric of these keys, or why it is undefined."""
    return {key: EVERY[key].value(evaluation) for key in keys}


def class_values(evaluation: Evaluation, keys: Collection[str] = tuple(EVERY)) -> dict[str, tuple[Value, ...]]:
    """Return the values of each class, one against the rest, for those of these metrics that have them."""
    return {key: tuple(found(evaluation)) for key in keys if (found := EVERY[key].classes)}


def floor(metric: Metric, support: Counts | None) -> float | None:
    """The value of a network that has learned nothing: that of guessing, else of always answering the largest class.

    Args:
        metric: One of `SCORES`.
        support: (C,) validation images of each class; None where they are not known.

    Returns:
        The value; None where it depends on images of which none are known.
    """
    if metric.of == "scores":
        return 0.5  # equal scores order nothing, whatever the images are
    if metric.low < 0:
        return 0.0  # a correlation, which one answer for all images leaves undefined
    if support is None or not support.sum():
        return None
    confusion = np.zeros((len(support), len(support)), np.int64)
    confusion[:, support.argmax()] = support
    return _known(metric.compute(margins(confusion)))

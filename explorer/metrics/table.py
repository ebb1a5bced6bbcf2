"""The metrics of a validation. Pages, lists, commands, loggers, reports and exported code follow this table.

To add one, write its function in `rates.py`, `scores.py` or `images.py`, its value in `values.py`, and its entry in
`entries.py`. An entry with `compute` is listed: it is computed for every epoch.
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np

from explorer.base.task_names import TaskName
from explorer.metrics.counts import Counts
from explorer.metrics.entries import ENTRIES, HEADLINE, LOSS
from explorer.metrics.filled import filled
from explorer.metrics.metric import Evaluation, Metric, Value
from explorer.metrics.rates import margins
from explorer.metrics.scores import Areas

__all__ = [
    "EVERY", "HEADLINE", "HEADLINES", "LISTED", "LOSS", "METRICS", "SCORES", "TITLES", "Evaluation", "Measured",
    "Metric", "Value", "class_values", "filled", "floor", "keys_of", "listed_for", "measure", "task_of_values",
    "values",
]  # fmt: skip

EVERY = {metric.key: metric for metric in ENTRIES}
LISTED: Mapping[TaskName, Mapping[str, Metric]] = {
    task: {metric.key: metric for metric in ENTRIES if metric.listed and task in metric.tasks}
    for task in get_args(TaskName)
}  # those of every epoch, by task
METRICS = LISTED["classification"]
HEADLINES: Mapping[TaskName, str] = {"classification": HEADLINE, "segmentation": "iou", "labels": HEADLINE}
TITLES = {key: metric.title for listed in LISTED.values() for key, metric in listed.items()}
SCORES: Mapping[TaskName, tuple[Metric, ...]] = {
    task: tuple(metric for metric in listed.values() if metric.of != "loss") for task, listed in LISTED.items()
}  # those that lie between `low` and 1


def listed_for(tasks: Iterable[TaskName]) -> dict[str, Metric]:
    """Return the metrics that are listed for any of some tasks, in the order of the table."""
    keys = {key for task in set(tasks) for key in LISTED[task]}
    return {key: metric for key, metric in EVERY.items() if key in keys}


def task_of_values(values: Mapping[str, object]) -> TaskName:
    """Return the task whose metrics the values of an epoch are, by key.

    Lists know a run by the values of its best epoch, which are read without its data set.
    """
    return max(LISTED, key=lambda task: len(LISTED[task].keys() & values.keys()))


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
    parts = {
        "counts": evaluation.margins, "scores": evaluation.areas, "loss": evaluation.loss,
        "pixels": evaluation.image_margins, "labels": evaluation,
    }  # fmt: skip
    listed = LISTED[evaluation.task]
    values = {
        key: _known(metric.compute(parts[metric.of])) if sure or metric.of != "scores" else None
        for key, metric in listed.items()
    }
    classes = {m.key: tuple(map(_known, m.per_class(parts[m.of]))) for m in listed.values() if m.per_class}
    return Measured(values, classes, sure)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def keys_of(task: TaskName) -> tuple[str, ...]:
    """Return the keys of all metrics of a task, also of those that are not listed."""
    return tuple(key for key, metric in EVERY.items() if task in metric.tasks)


def values(evaluation: Evaluation, keys: Collection[str] | None = None) -> dict[str, Value]:
    """Return the value of each metric of these keys, or why it is undefined; without keys, of all of its task."""
    return {key: EVERY[key].value(evaluation) for key in (keys_of(evaluation.task) if keys is None else keys)}


def class_values(evaluation: Evaluation, keys: Collection[str] | None = None) -> dict[str, tuple[Value, ...]]:
    """Return the values of each class, one against the rest, for those of these metrics that have them."""
    wanted = keys_of(evaluation.task) if keys is None else keys
    return {key: tuple(found(evaluation)) for key in wanted if (found := EVERY[key].classes)}


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

"""The metrics of a validation, one entry each. Pages, lists, commands, loggers and exported code follow this table.

To add one, write its function in `counts.py` or `scores.py` and its entry here.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from explorer.metrics import counts, scores
from explorer.metrics.counts import Counts
from explorer.metrics.scores import Areas


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What metrics are computed from.

    Args:
        confusion: (C, C) counts, rows are the truth.
        areas: AUROC of each class.
        loss: Mean validation loss; nan where it is not known.
    """

    confusion: Counts
    areas: Areas
    loss: float = math.nan


@dataclass(frozen=True)
class Metric:
    """One metric.

    Args:
        key: Its name in events, outcomes and configs.
        title: As a label on a page.
        help: What it means, in a sentence or two.
        logged: Its name for Lightning's callbacks and loggers.
        of: What it needs: "counts" is the confusion matrix, "scores" the AUROC of each class, "loss" the loss itself.
        compute: A function, defined in `counts.py` or `scores.py`, of what the metric needs; None or nan where it is
            undefined. Exported code takes it by its source.
        short: A shorter title, for charts and columns.
        better: Which values are better.
        per_class: Values of the classes, where it has them.
        low: The least possible value; the highest is 1.
        no_skill: What the value of a network that has learned nothing is called in charts.
    """

    key: str
    title: str
    help: str
    logged: str
    of: Literal["counts", "scores", "loss"]
    compute: Callable[[Any], float | None]
    short: str = ""
    better: Literal["higher", "lower"] = "higher"
    per_class: Callable[[Any], Iterable[float | None]] | None = None
    low: float = 0.0
    no_skill: str = "always the largest class"

    @property
    def label(self) -> str:
        """The short title."""
        return self.short or self.title

    @property
    def in_sentence(self) -> str:
        """The short title inside of a sentence: "F1", "accuracy"."""
        return self.label if self.label.isupper() else self.label.lower()


HEADLINE = "auroc"  # what lists and messages show first, and the default monitor
LOSS = "val_loss"

_ALL = (
    Metric(
        HEADLINE,
        "AUROC",
        "Area under the ROC curve: the probability that a random image of the class gets a higher score than a random "
        "image of another class. 0.5 is guessing, 1 is perfect. With more than 2 classes, each class is compared with "
        "all others, and macro is the mean.",
        "val_auroc",
        "scores",
        scores.mean_area,
        per_class=tuple,
        no_skill="guessing",
    ),
    Metric(
        "f1_macro",
        "F1, macro",
        "Harmonic mean of precision and recall. Macro is the plain mean over all classes, whatever their size.",
        "val_f1",
        "counts",
        counts.f1_macro,
        short="F1",
        per_class=counts.f1_per_class,
    ),
    Metric(
        "accuracy",
        "Accuracy",
        "Share of validation images that are classified correctly.",
        "val_accuracy",
        "counts",
        counts.accuracy,
    ),
    Metric(
        "balanced_accuracy",
        "Balanced accuracy",
        "Mean over the classes of the share of their images that are found (recall). Unlike accuracy, it does not rise "
        "when a network prefers a large class.",
        "val_balanced_accuracy",
        "counts",
        counts.balanced_accuracy,
        per_class=counts.recall,
    ),
    Metric(
        "mcc",
        "MCC",
        "Matthews correlation coefficient between true and predicted classes, from all cells of the confusion matrix. "
        "0 is guessing, 1 is perfect, below 0 is worse than guessing. It stays honest where classes differ in size.",
        "val_mcc",
        "counts",
        counts.mcc,
        low=-1.0,
    ),
    Metric(
        LOSS,
        "Validation loss",
        "Cross entropy, BCE or focal loss, as set. A validation loss that rises again while the training loss falls is "
        "a sign of overfitting.",
        "val_loss",
        "loss",
        float,
        better="lower",
    ),
)
METRICS = {metric.key: metric for metric in _ALL}
TITLES = {metric.key: metric.title for metric in _ALL}
SCORES = tuple(metric for metric in _ALL if metric.of != "loss")  # those that lie between `low` and 1


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
    """Compute all metrics of the table. sure: whether all areas are known."""
    parts = {"counts": evaluation.confusion, "scores": evaluation.areas, "loss": evaluation.loss}
    values = {
        key: _known(metric.compute(parts[metric.of])) if sure or metric.of != "scores" else None
        for key, metric in METRICS.items()
    }
    classes = {m.key: tuple(map(_known, m.per_class(parts[m.of]))) for m in METRICS.values() if m.per_class}
    return Measured(values, classes, sure)


def _known(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


def floor(metric: Metric, support: Counts | None) -> float | None:
    """The value of a network that always answers the largest class, which needs no learning.

    Args:
        metric: One of `SCORES`.
        support: (C,) validation images of each class; None where they are not known.

    Returns:
        The value; None where it depends on images of which none are known.
    """
    if metric.of == "scores":
        return 0.5  # equal scores order nothing, whatever the images are
    if support is None or not support.sum():
        return None
    confusion = np.zeros((len(support), len(support)), np.int64)
    confusion[:, support.argmax()] = support
    return _known(metric.compute(confusion))

"""A metric of one variant in each repeat, and how much each image adds to it.

The influence of an image is the change of the metric with the weight of the image, times N: with weights w of mean 1
the metric is about its value plus the mean of w times influence. For means over images, such as accuracy, this is
exact; for ratios and ranks, such as F1 and AUROC, the error falls with 1 / N (infinitesimal jackknife, Jaeckel 1972;
Efron 1982, https://doi.org/10.1137/1.9781611970319). So all metrics are resampled in one way, whatever they cost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.base.task_names import TaskName
from explorer.metrics.counts import Counts, confusion_counts
from explorer.metrics.images import ImageScores
from explorer.metrics.intervals import rank_influences
from explorer.metrics.rates import Margins, margins
from explorer.metrics.scores import areas, log_odds
from explorer.metrics.table import EVERY, LISTED, LOSS, Evaluation, Metric, keys_of
from explorer.metrics.values import first_of
from explorer.metrics.verdicts.answers import COUNTED, Logits
from explorer.metrics.verdicts.mask_measured import judges, of_margins

Values = NDArray[np.float64]

# Metrics that are means over the images, by what they are a mean of.
MEANS: Mapping[str, Callable[[ImageScores, int], NDArray[Any]]] = {
    "accuracy": lambda images, _: images.right,
    "f1_micro": lambda images, _: images.right,
    "top_k": lambda images, classes: images.rank < first_of(classes),
    "log_loss": lambda images, _: images.log_loss,
    "brier": lambda images, _: images.brier,
}
RANKED = ("auroc", "auroc_weighted", "average_precision")
JUDGED = tuple(key for key in keys_of("classification") if key in MEANS or key in RANKED or EVERY[key].rate is not None)
JUDGED_OF: Mapping[TaskName, tuple[str, ...]] = {
    "classification": JUDGED,
    "segmentation": tuple(key for key in keys_of("segmentation") if judges(EVERY[key])),
    "labels": tuple(key for key, metric in LISTED["labels"].items() if judges(metric)),
}  # the metrics of which effects are estimated, by what the networks learn
_JUDGED = tuple(dict.fromkeys(key for keys in JUDGED_OF.values() for key in keys))
_STEP = 1e-4  # of a weight, as a share of one image, for the derivatives of metrics of counts
_BLOCK = 1 << 20  # numbers that are worked on at once


@dataclass(frozen=True, eq=False)
class Measured:
    """A metric of one variant.

    Attributes:
        values: (R,) its value in each repeat; nan where it is undefined.
        influence: (R, N) of each image, with mean 0; nan where the metric is undefined.
        why: Why it is undefined in the first repeat in which it is, as the end of a sentence; "" where it never is.
    """

    values: Values
    influence: Values
    why: str = ""


def judged(metric: str, task: TaskName | None = None) -> str:
    """Return the key of the metric that stands for this one; raises ValueError for one that cannot be judged.

    A validation loss depends on the weights of a training run: the log loss stands for it, and for masks and several
    labels the first metric of theirs. task: what the networks learn; None allows the metrics of all tasks.
    """
    stands = "log_loss" if task in (None, "classification") else JUDGED_OF[task][0]
    key, known = stands if metric == LOSS else metric, _JUDGED if task is None else JUDGED_OF[task]
    if key not in known:
        raise ValueError(f"{metric} is no metric of which effects are estimated: choose one of {', '.join(known)}")
    return key


def is_mean(metric: str) -> bool:
    """Return whether a metric is a mean over the images, which has no need of images of each class."""
    return metric in MEANS


def measured(labels: Counts, logits: Logits, metric: str) -> Measured:
    """Compute a metric in each repeat, one of `JUDGED` of (R, N, C) logits, or one of (R, N, C, 3) counts."""
    if logits.ndim == COUNTED:
        return _joined([of_margins(margins, EVERY[metric]) for margins in logits])
    return _joined([_of_repeat(labels, scores, EVERY[metric]) for scores in logits])


def _joined(parts: list[tuple[float, Values, str]]) -> Measured:
    values, influence, whys = zip(*parts, strict=True)
    return Measured(np.array(values), np.stack(influence), next((why for why in whys if why), ""))


def _of_repeat(labels: Counts, logits: Logits, metric: Metric) -> tuple[float, Values, str]:
    evaluation = _evaluation(labels, logits, metric)
    value = metric.value(evaluation)
    if value.value is None:
        return np.nan, np.full(len(labels), np.nan), value.why
    influence = _influence(evaluation, metric.key)
    return value.value, influence - influence.mean(), ""


def _evaluation(labels: Counts, logits: Logits, metric: Metric) -> Evaluation:
    classes = logits.shape[1]
    confusion = confusion_counts(labels, logits.argmax(axis=1), classes)
    found = areas(log_odds(logits), labels) if metric.of == "scores" else (None,) * classes
    return Evaluation(confusion, found, logits=logits, labels=labels)


def _influence(evaluation: Evaluation, key: str) -> Values:
    images = evaluation.images
    if images is None or evaluation.logits is None or evaluation.labels is None:
        raise ValueError(evaluation.scores_missing)
    if key in MEANS:
        return np.asarray(MEANS[key](images, len(evaluation.confusion)), np.float64)
    if key in RANKED:
        return rank_influences(evaluation)[key][:, 0]
    rate = EVERY[key].rate
    if rate is None:
        raise ValueError(f"{key} has no formula of counts")
    predicted = evaluation.logits.argmax(axis=1)
    return np.asarray(_of_cells(evaluation.confusion, rate)[evaluation.labels, predicted], np.float64)


def _of_cells(confusion: Counts, rate: Callable[[Margins], Values]) -> Values:
    """Return the (C, C) influence of an image of each filled cell of a matrix on a metric of counts; 0 elsewhere.

    The derivative is a central difference: the cell's weight is a little more and a little less.
    """
    found = np.zeros(confusion.shape)
    truth, predicted = np.nonzero(confusion)
    rows = max(1, _BLOCK // max(len(confusion), 1))
    for at in range(0, len(truth), rows):
        cells = truth[at : at + rows], predicted[at : at + rows]
        more, less = (rate(_moved(margins(confusion), *cells, step)) for step in (_STEP, -_STEP))
        found[cells] = (more - less) / (2 * _STEP) * confusion.sum()
    return found


def _moved(of: Margins, truth: Counts, predicted: Counts, step: float) -> Margins:
    """Return (K, C) margins in each of which one cell of the matrix has `step` images more."""
    rows = np.arange(len(truth))
    moved = Margins(*(np.repeat(part[None].astype(np.float64), len(truth), axis=0) for part in of))
    same = truth == predicted
    moved.right[rows[same], truth[same]] += step
    moved.truth[rows, truth] += step
    moved.predicted[rows, predicted] += step
    return moved


def oriented(metric: str, values: Values) -> Values:
    """Return values of a metric so that higher ones are better."""
    return values if EVERY[metric].better == "higher" else -values

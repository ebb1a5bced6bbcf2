"""Several labels for each image: targets and predictions are (N, L) int64, 0 or 1."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.dataset import Split
from explorer.data.sample import Sample
from explorer.metrics.label_pairs import evaluated
from explorer.metrics.labels import label_histogram
from explorer.metrics.pairs import Answers
from explorer.metrics.table import measure
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.spec.config import RunConfig
from explorer.training.label_loss import objective
from explorer.training.mixing import mixed_loss
from explorer.training.tasks import squares
from explorer.training.tasks.collecting import CollectingJudge
from explorer.training.tasks.task import Task, Validation


def validate(
    logits: NDArray[np.float32], labels: NDArray[np.int64], predicted: NDArray[np.int64], loss: float
) -> Validation:
    """Measure (N, L) logits and predictions against (N, L) labels.

    Raises TrainingError if logits are nan or infinite.
    """
    squares.check_finite(logits)
    evaluation = evaluated(labels, Answers(logits, predicted), loss)
    histogram = label_histogram(logits, labels)
    keep = ScoreBudget(len(logits), logits.shape[1], epochs=1).fits
    record = EpochRecord(
        evaluation.confusion,
        histogram.positives,
        histogram.negatives,
        logits if keep else None,
        labels if keep else None,
        np.array([math.nan if value is None else value for value in evaluation.areas]),
        sets=evaluation.sets,
    )
    return Validation(record, measure(evaluation).values)


def count(labels: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """(L, 2, 2) int64 counts of (N, L) labels and predictions, on their device; rows are the truth."""
    start = torch.arange(classes, device=labels.device) * 4
    cells = start + labels * 2 + predicted
    return torch.bincount(cells.reshape(-1), minlength=4 * classes).view(classes, 2, 2)


def _shape(classes: int) -> tuple[int, ...]:
    return classes, 2, 2


def _item(
    sample: Sample, split: Split, config: RunConfig, epoch: int | None, index: int
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    return squares.pixels(sample, config, epoch, index), split.labels[index]


def _stacked(labels: Sequence[NDArray[np.int64]]) -> Tensor:
    return torch.from_numpy(np.stack(labels))


def _has_scores(labels: NDArray[np.int64]) -> bool:
    return bool((labels.any(axis=0) & ~labels.all(axis=0)).any())


LABELS = Task(
    name="labels",
    fit=squares.fit,
    item=_item,
    stack=_stacked,
    objective=objective,
    mixed_loss=mixed_loss,
    count=count,
    judge=partial(CollectingJudge, validate),
    has_scores=_has_scores,
    shape=_shape,
)

"""One class for each image: targets and predictions are (N,) int64 class indices."""

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
from explorer.metrics.counts import confusion_counts
from explorer.metrics.scores import auroc, score_histogram
from explorer.metrics.table import Evaluation, measure
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.recipe import LossRecipe
from explorer.training.losses import LOSSES, ClassCounts, Objective
from explorer.training.mixing import mixed_loss
from explorer.training.tasks import squares
from explorer.training.tasks.collecting import CollectingJudge
from explorer.training.tasks.task import Task, Validation


def validate(
    logits: NDArray[np.float32], labels: NDArray[np.int64], predicted: NDArray[np.int64], loss: float
) -> Validation:
    """Measure (N, C) logits and (N,) predicted classes against (N,) labels.

    Raises TrainingError if logits are nan or infinite.
    """
    squares.check_finite(logits)
    confusion = confusion_counts(labels, predicted, logits.shape[1])
    histogram = score_histogram(logits, labels)
    areas = auroc(logits, labels)
    keep = ScoreBudget(len(logits), logits.shape[1], epochs=1).fits
    record = EpochRecord(
        confusion,
        histogram.positives,
        histogram.negatives,
        logits if keep else None,
        labels if keep else None,
        np.array([math.nan if value is None else value for value in areas]),
    )
    return Validation(record, measure(Evaluation(confusion, areas, loss)).values)


def count(labels: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """(C, C) int64 counts of (N,) labels and predictions, on their device; rows are the truth."""
    return torch.bincount(labels * classes + predicted, minlength=classes * classes).view(classes, classes)


def _item(sample: Sample, split: Split, config: RunConfig, epoch: int | None, index: int) -> tuple[NDArray[Any], int]:
    return squares.pixels(sample, config, epoch, index), int(split.labels[index])


def _stacked(labels: Sequence[int]) -> Tensor:
    return torch.tensor(labels, dtype=torch.int64)


def _objective(recipe: LossRecipe, counts: ClassCounts) -> Objective:
    return LOSSES[recipe.loss](recipe, counts)


def _has_scores(labels: NDArray[np.int64]) -> bool:
    return len(np.unique(labels)) > 1


# Functions with names and not lambdas: loader workers that are not forked get the task pickled.
CLASSIFICATION = Task(
    name="classification",
    fit=squares.fit,
    item=_item,
    stack=_stacked,
    objective=_objective,
    mixed_loss=mixed_loss,
    count=count,
    judge=partial(CollectingJudge, validate),
    has_scores=_has_scores,
)

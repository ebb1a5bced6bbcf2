"""One class for each image: targets and predictions are (N,) int64 class indices."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.dataset import Split
from explorer.metrics.counts import confusion_counts
from explorer.metrics.scores import auroc, score_histogram
from explorer.metrics.table import Evaluation, measure
from explorer.runs.record.budget import ScoreBudget
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.reasons import reason
from explorer.runs.spec.recipe import LossRecipe
from explorer.training.losses import LOSSES, ClassCounts, Objective
from explorer.training.stopping import TrainingError
from explorer.training.tasks.task import Task, Validation


def validate(
    logits: NDArray[np.float32], labels: NDArray[np.int64], predicted: NDArray[np.int64], loss: float
) -> Validation:
    """Measure (N, C) logits and (N,) predicted classes against (N,) labels.

    Raises TrainingError if logits are nan or infinite.
    """
    broken = int((~np.isfinite(logits)).any(axis=1).sum())
    if broken:
        raise TrainingError(reason("outputs_not_finite", broken=broken, images=len(logits)))
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


def _validate(objective: Objective, outputs: Tensor, labels: Tensor) -> Validation:
    logits = objective.logits(outputs).numpy().astype(np.float32)
    return validate(logits, labels.numpy(), objective.predict(outputs).numpy(), float(objective.loss(outputs, labels)))


def count(labels: Tensor, predicted: Tensor, classes: int) -> Tensor:
    """(C, C) int64 counts of (N,) labels and predictions, on their device; rows are the truth."""
    return torch.bincount(labels * classes + predicted, minlength=classes * classes).view(classes, classes)


def _label(split: Split, index: int) -> int:
    return int(split.labels[index])


def _stacked(labels: Sequence[int]) -> Tensor:
    return torch.tensor(labels, dtype=torch.int64)


def _objective(recipe: LossRecipe, counts: ClassCounts) -> Objective:
    return LOSSES[recipe.loss](recipe, counts)


def _has_scores(labels: NDArray[np.int64]) -> bool:
    return len(np.unique(labels)) > 1


# Functions with names and not lambdas: loader workers that are not forked get the task pickled.
CLASSIFICATION = Task(
    target=_label, stack=_stacked, objective=_objective, count=count, validate=_validate, has_scores=_has_scores
)

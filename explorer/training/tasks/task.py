"""What a network is trained to answer. Loaders, module and reports get from the task all that depends on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.data.dataset import Split
from explorer.metrics.table import METRICS
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.spec.recipe import LossRecipe
from explorer.training.losses import ClassCounts, Objective


@dataclass(frozen=True, eq=False)
class Validation:
    """Counts and scores of an epoch, and its metrics for an event or the outcome: None where one is undefined."""

    record: EpochRecord
    values: dict[str, float | None]

    @property
    def monitored(self) -> dict[str, float | None]:
        """The metrics by the names that callbacks and loggers know."""
        return {METRICS[key].logged: value for key, value in self.values.items()}


@dataclass(frozen=True)
class Task:
    """A kind of answer. C is the number of classes, N that of the images of a batch.

    Args:
        target: Split and index -> the right answer for that image.
        stack: N targets -> a tensor whose first axis is N.
        objective: Recipe and training images of each class -> the loss, and what the outputs mean.
        count: Targets, predictions and C -> (C, C) counts of a batch, rows are the truth. They add up.
        validate: Objective, outputs and targets of all validation images -> counts, scores and metrics.
        has_scores: Targets of all validation images -> whether metrics of scores are defined for them.
    """

    target: Callable[[Split, int], Any]
    stack: Callable[[Sequence[Any]], Tensor]
    objective: Callable[[LossRecipe, ClassCounts], Objective]
    count: Callable[[Tensor, Tensor, int], Tensor]
    validate: Callable[[Objective, Tensor, Tensor], Validation]
    has_scores: Callable[[NDArray[np.int64]], bool]

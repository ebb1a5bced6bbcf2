"""What a network is trained to answer. Loaders, module and reports get from the task all that depends on it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from explorer.augment.mixing import Mix
from explorer.base.task_names import TaskName
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.sample import Sample
from explorer.metrics.table import EVERY
from explorer.runs.record.epochs import EpochRecord
from explorer.runs.record.masks import PredictedMasks
from explorer.runs.spec.config import RunConfig
from explorer.runs.spec.recipe import LossRecipe
from explorer.training.losses import ClassCounts, Objective


def square(classes: int) -> tuple[int, ...]:
    """Return the shape of a confusion matrix."""
    return classes, classes


@dataclass(frozen=True, eq=False)
class Validation:
    """Counts and scores of an epoch, and its metrics for an event or the outcome: None where one is undefined."""

    record: EpochRecord
    values: dict[str, float | None]
    masks: PredictedMasks | None = None  # where masks are learned

    @property
    def monitored(self) -> dict[str, float | None]:
        """The metrics by the names that callbacks and loggers know."""
        return {EVERY[key].logged: value for key, value in self.values.items()}


class Judge(Protocol):
    """What one validation has found so far. Several GPUs have one each, whose parts are put together at the end."""

    def add(self, outputs: Tensor, targets: Tensor, places: Tensor) -> None:
        """Take in a batch.

        Args:
            outputs: Of the network, float32, on any device.
            targets: As the task stacks them.
            places: (N,) int64, places of the images in the split.
        """

    @property
    def part(self) -> Any:
        """What this judge has found, as a value that can be pickled."""

    def finish(self, parts: Sequence[Any]) -> Validation:
        """Measure what all judges have found, each image once. Raises TrainingError for outputs that are not finite."""


def at_once(config: RunConfig, network: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """The outputs of a network that gets the images as they are."""
    del config
    return network(images).float()


def any_number(config: RunConfig) -> None:
    """Leave the number of images in a batch to the loader."""
    del config


@dataclass(frozen=True)
class Task:
    """A kind of answer. C is the number of classes, N that of the images of a batch.

    Args:
        name: Its name in specs of data sets.
        fit: Config -> the size of validation images before they go into the network.
        item: Sample, split, config, epoch (None without augmentation) and index -> the pixels for the network,
            (S, S, 3), and the right answer for them.
        stack: N answers -> a tensor whose first axis is N.
        objective: Recipe and training images, or pixels, of each class -> the loss, and what the outputs mean.
        mixed_loss: Objective, outputs for a mixed batch, targets of its own images, and how it was mixed -> its loss.
        count: Targets, predictions and C -> counts of a batch of the shape of `shape`. They add up.
        shape: C -> the shape of counts, (C, C), or (C, 2, 2) for several labels; rows are the truth.
        judge: Objective and config -> what takes in the validation batches of one epoch.
        has_scores: Targets of all validation images -> whether metrics of scores are defined for them.
        outputs: Config, the network, and a batch of validation images -> its outputs for the judge.
        together: Config -> how many validation images make a batch; None for the loader's own choice.
    """

    name: TaskName
    fit: Callable[[RunConfig], Fit | None]
    item: Callable[[Sample, Split, RunConfig, int | None, int], tuple[NDArray[Any], Any]]
    stack: Callable[[Sequence[Any]], Tensor]
    objective: Callable[[LossRecipe, ClassCounts], Objective]
    mixed_loss: Callable[[Objective, Tensor, Tensor, Mix], Tensor]
    count: Callable[[Tensor, Tensor, int], Tensor]
    judge: Callable[[Objective, RunConfig], Judge]
    has_scores: Callable[[NDArray[np.int64]], bool]
    shape: Callable[[int], tuple[int, ...]] = square
    outputs: Callable[[RunConfig, Callable[[Tensor], Tensor], Tensor], Tensor] = at_once
    together: Callable[[RunConfig], int | None] = any_number

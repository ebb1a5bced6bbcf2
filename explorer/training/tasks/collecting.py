"""What takes in the validation batches of tasks whose metrics need the outputs of all images together."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.runs.spec.config import RunConfig
from explorer.training.losses import Objective
from explorer.training.tasks.task import Validation

# Logits, labels and predictions of all images, the last two (N,) or (N, L) int64, and their loss -> their metrics
Validate = Callable[[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64], float], Validation]


class CollectingJudge:
    """Collects the outputs of all validation images: metrics of scores need them together."""

    def __init__(self, validate: Validate, objective: Objective, config: RunConfig) -> None:
        del config
        self._validate, self._objective = validate, objective
        self._found: list[tuple[Tensor, Tensor, Tensor]] = []

    def add(self, outputs: Tensor, targets: Tensor, places: Tensor) -> None:
        """Take in a batch of (N, num_outputs) outputs."""
        self._found.append((outputs.cpu(), targets.cpu(), places.cpu()))

    @property
    def part(self) -> Any:
        """Outputs, labels and places of all batches."""
        return tuple(torch.cat(column) for column in zip(*self._found, strict=True))

    def finish(self, parts: Sequence[Any]) -> Validation:
        """Measure the outputs in the order of the split. Raises TrainingError for outputs that are not finite."""
        outputs, labels, places = (torch.cat(column) for column in zip(*parts, strict=True))
        if len(parts) > 1:
            order = places.argsort()
            outputs, labels = outputs[order], labels[order]
        objective = self._objective
        logits = objective.logits(outputs).numpy().astype(np.float32)
        loss = float(objective.loss(outputs, labels))
        return self._validate(logits, labels.numpy(), objective.predict(outputs).numpy(), loss)

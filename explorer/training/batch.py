"""A batch, and how samples are stacked into one. It needs no Lightning, whose import takes seconds."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from explorer.training.tasks.task import Task

Item = tuple[Any, Any, int]  # (S, S, 3) uint8, target, index


class Batch(NamedTuple):
    """A batch of N samples.

    Attributes:
        images: (N, 3, S, S) RGB, channels last in memory; uint8, or float32 if the pipeline scales them.
        labels: The targets as the task stacks them.
        indices: (N,) int64 places in the split.
    """

    images: Tensor
    labels: Tensor
    indices: Tensor


def collate(task: Task, items: list[Item]) -> Batch:
    """Stack (pixels, target, index). Pixels stay bytes, a quarter of the size, until they are on the device."""
    images = torch.from_numpy(np.stack([pixels for pixels, _, _ in items])).permute(0, 3, 1, 2)
    return Batch(
        images,
        task.stack([target for _, target, _ in items]),
        torch.tensor([index for _, _, index in items], dtype=torch.int64),
    )

"""The confusion counts of the training batches of one epoch, kept where the batches are."""

import torch
from torch import Tensor

from explorer.training.tasks.task import Task


class BatchCounts:
    """Counts that grow with each batch.

    Args:
        task: Counts a batch.
        classes: C, how many there are.

    Attributes:
        counts: Of the shape that the task says, int64; along the last two axes rows are the truth.
    """

    def __init__(self, task: Task, classes: int) -> None:
        self._task = task
        self.counts = torch.zeros(task.shape(classes), dtype=torch.int64)
        self._reported = self.counts

    @property
    def seen(self) -> int:
        """What is counted: images, pixels, or labels of images."""
        return int(self.counts.sum())

    def begin(self) -> None:
        """Start a new epoch at zero."""
        self.counts = torch.zeros_like(self.counts)
        self._reported = self.counts

    def go_on(self, counts: Tensor) -> None:
        """Continue from the counts of an interrupted epoch."""
        self.counts = self._reported = counts.clone()

    def move(self, device: torch.device) -> None:
        """Move the counts to the device of the batches."""
        self.counts, self._reported = self.counts.to(device), self._reported.to(device)

    def add(self, labels: Tensor, predicted: Tensor | None) -> None:
        """Count a batch; predicted is None for mixed images, which have no single answer."""
        if predicted is not None:
            self.counts = self.counts + self._task.count(labels, predicted, len(self.counts))

    def share_since(self) -> float | None:
        """Return the share of right answers since the last call, 0..1; None where nothing was counted."""
        new = self.counts - self._reported
        self._reported = self.counts
        total = int(new.sum())
        return int(new.diagonal(dim1=-2, dim2=-1).sum()) / total if total else None

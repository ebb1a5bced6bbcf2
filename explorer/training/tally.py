"""The confusion counts of the training batches of one epoch, kept where the batches are."""

import torch
from torch import Tensor


class Tally:
    """counts: (C, C) int64, rows are the truth."""

    def __init__(self, classes: int) -> None:
        self.counts = torch.zeros(classes, classes, dtype=torch.int64)
        self._told = self.counts

    @property
    def seen(self) -> int:
        """Images counted."""
        return int(self.counts.sum())

    def begin(self) -> None:
        """A new epoch."""
        self.counts = torch.zeros_like(self.counts)
        self._told = self.counts

    def go_on(self, counts: Tensor) -> None:
        """From the counts of an epoch that was broken off."""
        self.counts = self._told = counts.clone()

    def move(self, device: torch.device) -> None:
        """To where the batches are."""
        self.counts, self._told = self.counts.to(device), self._told.to(device)

    def add(self, labels: Tensor, predicted: Tensor | None) -> None:
        """(N,) each; None for mixed images, which have no single class."""
        if predicted is None:
            return
        size = len(self.counts)
        found = torch.bincount(labels * size + predicted, minlength=size * size)
        self.counts = self.counts + found.view(size, size)

    def tell(self) -> float | None:
        """The share of right answers since the last call, 0..1; None where nothing was counted."""
        new = self.counts - self._told
        self._told = self.counts
        total = int(new.sum())
        return int(new.diagonal().sum()) / total if total else None

"""The confusion counts of the training batches of the current epoch, replaced about once a second."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz


@dataclass(frozen=True, eq=False)
class Running:
    """The epoch, from 0, the step of the whole run, and (C, C) int64 counts, whose rows are the truth.

    Where an image can have several labels, the counts are (C, 2, 2), see explorer.runs.record.epochs.
    """

    epoch: int
    step: int
    confusion: NDArray[np.int64]

    @property
    def seen(self) -> int:
        """The number of images of this epoch so far."""
        return int((self.confusion if self.confusion.ndim == 2 else self.confusion[0]).sum())

    def save(self, path: Path) -> None:
        """Write the npz in one step. Raises OSError."""
        place = np.array([self.epoch, self.step], np.int64)
        npz.write(path, {"place": place, "confusion": self.confusion})

    @classmethod
    def load(cls, path: Path) -> Self | None:
        """Read the file; None if it cannot be read: the next one comes within a second."""
        try:
            with npz.opened(path) as found:
                place, confusion = found["place"].astype(np.int64), found["confusion"].astype(np.int64)
        except npz.DAMAGE:
            return None
        classes = len(confusion) if confusion.ndim else 0
        if place.shape != (2,) or confusion.shape not in ((classes, classes), (classes, 2, 2)):
            return None
        return cls(int(place[0]), int(place[1]), confusion)

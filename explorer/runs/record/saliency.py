"""What Grad-CAM found in some validation images: a file that a child process writes and a page reads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz


class SaliencyRecordError(ValueError):
    """The file is missing, damaged or holds something else."""


@dataclass(frozen=True, eq=False)
class SaliencyMaps:
    """Maps of K validation images from one checkpoint. Raises ValueError if the parts do not fit together.

    Attributes:
        indices: (K,) int64 places in the list of validation images.
        classes: (K,) int64 classes that are explained.
        maps: (K, S, S) float32, 0 to 1: how much each place of the network's input speaks for the class, divided by the
            largest value of its map. All 0 where no place speaks for it.
        logits: (K, C) float32 of this checkpoint.
        epoch: Of the checkpoint, from 0.
    """

    indices: NDArray[np.int64]
    classes: NDArray[np.int64]
    maps: NDArray[np.float32]
    logits: NDArray[np.float32]
    epoch: int

    def __post_init__(self) -> None:
        count = len(self.indices)
        if self.maps.ndim != 3 or self.logits.ndim != 2 or self.classes.ndim != 1:
            raise ValueError(f"maps must be (K, S, S) and logits (K, C); got {self.maps.shape} and {self.logits.shape}")
        if not count == len(self.classes) == len(self.maps) == len(self.logits):
            raise ValueError(f"indices, classes, maps and logits must be as many; got {count} indices")

    def save(self, path: Path) -> None:
        """Write the npz in one step. Raises OSError."""
        npz.write(path, vars(self), sync=False)  # it is computed again where it is lost

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that `save` has written. Never unpickles. Raises SaliencyRecordError."""
        with npz.reading(path, SaliencyRecordError, "maps of Grad-CAM") as found:
            indices, classes = (found[name].astype(np.int64) for name in ("indices", "classes"))
            maps, logits = (found[name].astype(np.float32) for name in ("maps", "logits"))
            return cls(indices, classes, maps, logits, int(found["epoch"]))

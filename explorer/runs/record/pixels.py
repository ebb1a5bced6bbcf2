"""Counts of the pixels of each validation image, from which metrics over images and their intervals are computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

NAMES = frozenset({"margins", "cells", "borders"})  # in the file of an epoch


@dataclass(frozen=True, eq=False)
class PixelCounts:
    """Counts of the pixels of N images with C classes, in the order of the validation images of the run.

    Pixels that do not count, such as those of ignore_index and of padding, are nowhere in them. Raises ValueError if
    the parts do not fit together.

    Attributes:
        margins: (N, C, 3) int64: pixels of the class that are predicted as it, of the class, predicted as the class.
        cells: (N, C, C) int64, rows are the truth; None where they were too large to keep.
        borders: (N, C, 4) int64: pixels of the predicted border near the true one, and all of it; of the true border
            near the predicted one, and all of it. None where they were not counted.
    """

    margins: NDArray[np.int64]
    cells: NDArray[np.int64] | None = None
    borders: NDArray[np.int64] | None = None

    def __post_init__(self) -> None:
        shape = self.margins.shape
        if len(shape) != 3 or shape[2] != 3 or not shape[1]:
            raise ValueError(f"margins must be (N, C, 3); got {shape}")
        if self.cells is not None and self.cells.shape != (*shape[:2], shape[1]):
            raise ValueError(f"cells must be {(*shape[:2], shape[1])}; got {self.cells.shape}")
        if self.borders is not None and self.borders.shape != (*shape[:2], 4):
            raise ValueError(f"borders must be {(*shape[:2], 4)}; got {self.borders.shape}")
        if any((array < 0).any() for array in self.arrays(_as_they_are).values()):
            raise ValueError("counts of pixels must not be negative")
        if (self.margins[..., :1] > self.margins[..., 1:]).any():
            raise ValueError("no more pixels of a class can be right than there are and than are predicted")
        if self.borders is not None and (self.borders[..., ::2] > self.borders[..., 1::2]).any():
            raise ValueError("no more pixels of a border can be near the other one than it has")

    def __len__(self) -> int:
        return len(self.margins)

    @property
    def nbytes(self) -> int:
        """The bytes of its arrays."""
        return sum(array.nbytes for array in (self.margins, self.cells, self.borders) if array is not None)

    def arrays(self, narrow: Callable[[NDArray[np.int64]], NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """The arrays by their names in the file. narrow: makes the numbers of an array smaller where they fit."""
        parts = {"margins": self.margins, "cells": self.cells, "borders": self.borders}
        return {name: narrow(array) for name, array in parts.items() if array is not None}

    @classmethod
    def of(cls, found: Mapping[str, NDArray[Any]]) -> Self | None:
        """The counts in a file; None where it has none. Raises what reading a damaged file raises."""
        if "margins" not in found:
            return None
        parts = {name: found[name].astype(np.int64) for name in sorted(NAMES) if name in found}
        return cls(**parts)


def _as_they_are(counts: NDArray[np.int64]) -> NDArray[Any]:
    return counts

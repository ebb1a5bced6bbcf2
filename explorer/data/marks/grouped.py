"""Rows of numbers that belong to images, kept as one array."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Grouped:
    """Rows in the order of their images. starts: (N + 1,) the first row of each of N images."""

    rows: NDArray[np.float32]
    starts: NDArray[np.int64]

    def of(self, image: int) -> NDArray[np.float32]:
        """The rows of an image."""
        return self.rows[self.starts[image] : self.starts[image + 1]]


def grouped(owners: Sequence[int], rows: Sequence[Sequence[Any]], images: int, columns: int) -> Grouped:
    """Group rows by their images; rows of the same image stay in their order. owners: the image of each row."""
    table, of = np.array(rows, np.float32).reshape(-1, columns), np.array(owners, np.int64)
    order = np.argsort(of, kind="stable")
    return Grouped(table[order], np.searchsorted(of[order], np.arange(images + 1)))

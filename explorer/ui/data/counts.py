"""Counts of a data set by part and class, which stay fast for a million images."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from explorer.data.contents import Contents
from explorer.data.overview import summaries


@dataclass(frozen=True, eq=False)
class Counts:
    """How many images a data set has.

    Attributes:
        table: (P, C) by part and class; an image with several labels counts for each.
        without: (P,) of those without a class.
        parts: (P,) images of each part.
    """

    table: NDArray[np.int64]
    without: NDArray[np.int64]
    parts: NDArray[np.int64]

    @property
    def labeled(self) -> bool:
        """Whether images have classes of their own."""
        return bool(self.table.any())


@lru_cache(maxsize=8)
def counts_of(contents: Contents) -> Counts:
    """Count the images of each part and class."""
    table = summaries.counts(contents)
    parts = np.bincount(contents.part[contents.part >= 0], minlength=len(contents.parts)).astype(np.int64)
    return Counts(table[:, :-1], table[:, -1], parts)


def of_class(contents: Contents, label: int | None, part: int | None) -> NDArray[np.int64]:
    """The places of the images of a class and a part, in their order; None for all."""
    chosen = np.ones(len(contents), bool)
    if label is not None:
        chosen &= contents.having(label)
    if part is not None:
        chosen &= contents.part == part
    return np.flatnonzero(chosen).astype(np.int64)

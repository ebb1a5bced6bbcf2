"""Which images of a large data set are measured."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DEFAULT = 20_000  # images; a share of them has a sampling error of at most 0.7 percentage points


@dataclass(frozen=True)
class Sampling:
    """How many images are measured at most, drawn by a seed; None measures all."""

    most: int | None = DEFAULT
    seed: int = 0

    @property
    def name(self) -> str:
        """A short name for keys and files."""
        return "all" if self.most is None else f"{self.most}-{self.seed}"


USUAL = Sampling()


def chosen(ids: Sequence[str], sampling: Sampling) -> NDArray[np.int64]:
    """The places of the images to measure, ascending. The same images are drawn in whatever order they are listed."""
    if sampling.most is None or len(ids) <= sampling.most:
        return np.arange(len(ids), dtype=np.int64)
    by_name = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
    drawn = np.random.default_rng(sampling.seed).choice(len(ids), sampling.most, replace=False)
    return np.sort(by_name[drawn])

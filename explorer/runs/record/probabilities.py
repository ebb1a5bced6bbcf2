"""The probability of each class at each pixel of a validation image: a file that a child process writes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz


class ProbabilitiesError(ValueError):
    """The file is missing, damaged or holds something else."""


@dataclass(frozen=True, eq=False)
class PixelProbabilities:
    """Of one image, from one checkpoint. Raises ValueError if the parts do not fit together.

    Attributes:
        index: The place in the list of validation images.
        shares: (C, S, S) float32, or float16 where they stay on disk, 0 to 1; over the classes they add up to 1.
        epoch: Of the checkpoint, from 0.
    """

    index: int
    shares: NDArray[np.floating[Any]]
    epoch: int

    def __post_init__(self) -> None:
        shape = self.shares.shape
        if len(shape) != 3 or shape[1] != shape[2]:
            raise ValueError(f"shares must be (C, S, S); got {shape}")
        if not np.isfinite(self.shares).all():
            raise ValueError("shares must be finite")

    def save(self, path: Path) -> None:
        """Write the npz in one step. Raises OSError."""
        npz.write(path, vars(self), sync=False)  # it is computed again where it is lost

    def on_disk(self, path: Path) -> Self:
        """Return the same in half precision, in a new file in which the values of a pixel stand together.

        Of what is returned memory holds only the pixels that are read. Raises OSError.
        """
        np.save(path, np.moveaxis(self.shares, 0, 2).astype(np.float16), allow_pickle=False)
        held = np.load(path, mmap_mode="r", allow_pickle=False)
        return replace(self, shares=np.moveaxis(held, 2, 0))

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that `save` has written. Never unpickles. Raises ProbabilitiesError."""
        with npz.reading(path, ProbabilitiesError, "probabilities of pixels") as found:
            return cls(int(found["index"]), found["shares"].astype(np.float32), int(found["epoch"]))

"""A data set: two splits whose samples are loaded one by one."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import ShownError
from explorer.data.depth import Decided
from explorer.data.fit import Fit
from explorer.data.sample import Sample

if TYPE_CHECKING:
    from explorer.data.inspection import Inspection


class DatasetError(ShownError):
    """A data set that cannot be used; the message names the place and what to do."""


@dataclass(frozen=True, eq=False)
class Split:
    """A part of a data set; it can be pickled for loader workers.

    Attributes:
        name: "train" or "val".
        labels: (N,) int64.
        ids: N names of samples that stay the same.
        load: gives the sample at an index; raises ImageError.
        source: gives the file of a sample, or words that say everything that a generated one is made of.
        reading: what the pixels depend on besides their source, such as the range of values that becomes 0 to 255.
    """

    name: str
    labels: NDArray[np.int64]
    ids: tuple[str, ...]
    load: Callable[[int], Sample]
    source: Callable[[int], Path | str]
    reading: str = ""

    def __len__(self) -> int:
        return len(self.ids)

    def size(self, index: int) -> tuple[int, int]:
        """Height and width in px of a sample, without decoding the pixels of a file. Raises ImageError."""
        from explorer.data.stored import read_size  # here: specs of data sets are read without OpenCV

        source = self.source(index)
        return read_size(source) if isinstance(source, Path) else self.load(index).size

    def listing(self, fit: Fit | None) -> str:
        """Hash the names of the samples, their order, their classes and the size they are brought to.

        A run records it, so that a reader can tell whether the samples are still those of the run.

        Args:
            fit: The size; None for the samples' own sizes.

        Returns:
            16 hexadecimal digits.
        """
        # The size of squares has the form that earlier versions have recorded.
        size = None if fit is None else fit.most if fit.square else [fit.least, fit.most]
        listed = json.dumps([list(map(str, self.ids)), list(map(int, self.labels)), size])
        return hashlib.blake2b(listed.encode(), digest_size=8).hexdigest()

    def counts(self, num_classes: int) -> NDArray[np.int64]:
        """The number of samples of each class: (C,) int64."""
        return np.bincount(self.labels, minlength=num_classes).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Dataset:
    """An opened data set.

    Attributes:
        name: the name of its folder or file, or of its format.
        classes: the names of the classes.
        train, val: the samples for training and for validation.
        notes: what was noticed while it was opened, in sentences.
        depth: how values of more than 8 bits become pixels in the whole data set; None where no files are read.
        inspection: what its files hold; None where no files are read.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    val: Split
    notes: tuple[str, ...] = ()
    depth: Decided | None = None
    inspection: "Inspection | None" = None


def stratified_split(
    labels: NDArray[np.int64], val_fraction: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Indices for training and for validation, sorted; each class gives its share to both.

    A class with two samples or more gives at least one to each side; a class with one trains only.
    """
    generator = np.random.default_rng(seed)
    val: list[int] = []
    for label in np.unique(labels):
        members = generator.permutation(np.flatnonzero(labels == label))
        if len(members) > 1:
            count = min(max(round(len(members) * val_fraction), 1), len(members) - 1)
            val.extend(members[:count].tolist())
    chosen = np.zeros(len(labels), bool)
    chosen[val] = True
    return np.flatnonzero(~chosen).astype(np.int64), np.flatnonzero(chosen).astype(np.int64)

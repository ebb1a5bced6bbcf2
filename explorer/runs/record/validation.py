"""Which validation images the scores of a run belong to: one file for a run, in the order of the rows of its logits."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz


class ValidationRecordError(ValueError):
    """The file is missing, damaged or holds something else."""


@dataclass(frozen=True, eq=False)
class ValidationImages:
    """The N validation images of a run. Raises ValueError if the parts do not fit together.

    Attributes:
        ids: As in the data set's split; they may repeat.
        labels: (N,) int64 classes.
        hashes: N hashes in hexadecimal digits of what each image is made of, which decides its pixels: the bytes of its
            file, or the words that describe a generated one. "" where one is not known.
        reading: What the pixels depend on besides, as `Split.reading`.
    """

    ids: tuple[str, ...]
    labels: NDArray[np.int64]
    hashes: tuple[str, ...]
    reading: str = ""

    def __post_init__(self) -> None:
        if not len(self.ids) == len(self.hashes) == len(self.labels):
            counts = f"{len(self.ids)}, {len(self.hashes)} and {len(self.labels)}"
            raise ValueError(f"ids, hashes and labels must be as many; got {counts}")

    def __len__(self) -> int:
        return len(self.ids)

    def save(self, path: Path) -> None:
        """Write the npz in one step. Raises OSError."""
        text = npz.from_json({"ids": self.ids, "hashes": self.hashes, "reading": self.reading})
        npz.write(path, {"text": text, "labels": self.labels.astype(np.int64)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that `save` has written. Never unpickles. Raises ValidationRecordError."""
        with npz.reading(path, ValidationRecordError, "the list of validation images") as found:
            text, labels = npz.as_json(found["text"]), found["labels"].astype(np.int64)
            return cls(tuple(map(str, text["ids"])), labels, tuple(map(str, text["hashes"])), str(text["reading"]))

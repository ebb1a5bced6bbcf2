"""study/images.npz: the images that a study is about, in the order of the rows of all its scores."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from explorer.base import npz


class StudyRecordError(ValueError):
    """A file of a study that is missing, damaged or holds something else."""


@dataclass(frozen=True, eq=False)
class StudyImages:
    """The N images of a study: first those of the training part of the data set, then those of its validation part.

    Attributes:
        ids: As in the parts of the data set; they may repeat.
        hashes: N hashes in hexadecimal digits of what each image is made of, as in `ValidationImages`.
        labels: (N,) int64 classes.
        groups: (N,) int64. Images of one group are never divided between training and judging.
        from_training: How many of the images come from the training part.
        classes: The names of the classes.
        reading: What the pixels depend on besides, as `Split.reading`.
    """

    ids: tuple[str, ...]
    hashes: tuple[str, ...]
    labels: NDArray[np.int64]
    groups: NDArray[np.int64]
    from_training: int
    classes: tuple[str, ...]
    reading: str = ""

    def __post_init__(self) -> None:
        if len({len(self.ids), len(self.hashes), len(self.labels), len(self.groups)}) > 1:
            raise ValueError("ids, hashes, labels and groups must be as many")

    def __len__(self) -> int:
        return len(self.ids)

    def place(self, row: int) -> tuple[str, int]:
        """Return the part of the data set, "train" or "val", and the place in it of the image of a row."""
        return ("train", row) if row < self.from_training else ("val", row - self.from_training)

    def is_same(self, other: "StudyImages") -> bool:
        """Whether both are lists of the same images with the same classes, in the same order."""
        mine, theirs = ((one.ids, one.hashes, one.classes, one.reading) for one in (self, other))
        return mine == theirs and np.array_equal(self.labels, other.labels)

    def save(self, path: Path) -> None:
        """Write the npz in one step. Raises OSError."""
        words = {
            "ids": self.ids,
            "hashes": self.hashes,
            "classes": self.classes,
            "reading": self.reading,
            "from_training": self.from_training,
        }
        numbers = {"labels": self.labels.astype(np.int64), "groups": self.groups.astype(np.int64)}
        npz.write(path, {"text": npz.from_json(words), **numbers})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that `save` has written. Never unpickles. Raises StudyRecordError."""
        with npz.reading(path, StudyRecordError, "the list of images of a study") as found:
            words = npz.as_json(found["text"])
            labels, groups = (found[name].astype(np.int64) for name in ("labels", "groups"))
            return cls(
                tuple(map(str, words["ids"])),
                tuple(map(str, words["hashes"])),
                labels,
                groups,
                int(words["from_training"]),
                tuple(map(str, words["classes"])),
                str(words["reading"]),
            )

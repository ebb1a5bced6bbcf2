"""A data set: two splits whose samples are loaded one by one."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import ShownError
from explorer.data.depth import Decided
from explorer.data.fit import Fit
from explorer.data.mask_classes import MaskClasses
from explorer.data.sample import Sample

if TYPE_CHECKING:
    from explorer.data.inspection import Inspection


class DatasetError(ShownError):
    """A data set that cannot be used; the message names the place and what to do."""


@dataclass(frozen=True, eq=False)
class Split:
    """A part of a data set; it can be pickled for loader workers.

    Attributes:
        name: "train", "val" or "test".
        labels: (N,) int64 classes; zeros where masks are learned, and not classes of whole images. (N, L) int64, 0 or
            1, where an image can have several of L labels.
        ids: N names of samples that stay the same.
        load: gives the sample at an index; raises ImageError.
        source: gives the file of a sample, or words that say everything that a generated one is made of.
        reading: what the pixels depend on besides their source, such as the range of values that becomes 0 to 255.
        groups: (N,) int64, equal for images that belong together, such as those of a patient; the numbers are those of
            the whole data set. None where each image is by itself.
        masks: what the values of the masks of its samples mean, where they are to be learned; None otherwise.
        beside: gives what a sample is made of besides its source: the files of its mask, and words that say how they
            are read. None where there is nothing else.
    """

    name: str
    labels: NDArray[np.int64]
    ids: tuple[str, ...]
    load: Callable[[int], Sample]
    source: Callable[[int], Path | str]
    reading: str = ""
    groups: NDArray[np.int64] | None = None
    masks: MaskClasses | None = None
    beside: Callable[[int], Sequence[Path | str]] | None = None

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
        size: Any = None if fit is None else fit.most if fit.square else [fit.least, fit.most]
        if fit is not None and fit.long:
            size = ["long", fit.most]
        listed = json.dumps([list(map(str, self.ids)), self.labels.tolist(), size])
        return hashlib.blake2b(listed.encode(), digest_size=8).hexdigest()

    def counts(self, num_classes: int) -> NDArray[np.int64]:
        """The number of samples of each class, or with each label: (C,) int64."""
        if self.labels.ndim == 2:
            return np.asarray(self.labels.sum(axis=0), np.int64)
        return np.bincount(self.labels, minlength=num_classes).astype(np.int64)

    def with_and_without(self) -> NDArray[np.int64]:
        """(L, 2) int64: the number of samples without each label, and with it."""
        having = self.labels.sum(axis=0)
        return np.stack([len(self.labels) - having, having], axis=1).astype(np.int64)

    def label_of(self, index: int) -> int | None:
        """The class of a sample; None where an image can have several labels."""
        return int(self.labels[index]) if self.labels.ndim == 1 else None

    def part(self, indices: Sequence[int]) -> "Split":
        """The samples at these indices, in this order."""
        places = tuple(map(int, indices))
        names = tuple(self.ids[place] for place in places)
        load, source = Picked(self.load, places), Picked(self.source, places)
        groups = None if self.groups is None else self.groups[list(places)]
        beside = None if self.beside is None else Picked(self.beside, places)
        return replace(
            self,
            labels=self.labels[list(places)],
            ids=names,
            load=load,
            source=source,
            groups=groups,
            beside=beside,
        )


@dataclass(frozen=True, eq=False)
class Picked:
    """A function of an index, for some samples of a split; a class and not a closure, so that it can be pickled."""

    of_all: Callable[[int], Any]
    places: tuple[int, ...]

    def __call__(self, index: int) -> Any:
        return self.of_all(self.places[index])


class Counted(TypedDict):
    """What the settings of a run depend on: the counts of a data set, by what messages call it.

    `class_counts` are the training images of each class; None where pixels have the classes.
    """

    name: str
    train_images: int
    val_images: int
    num_classes: int
    class_counts: list[int] | None


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
        aside: how many images are set aside as its final set.
        test: the samples of a part for testing, which only predictions read; None where there is none.
    """

    name: str
    classes: tuple[str, ...]
    train: Split
    val: Split
    notes: tuple[str, ...] = ()
    depth: Decided | None = None
    inspection: "Inspection | None" = None
    aside: int = 0
    test: Split | None = None

    @property
    def counted(self) -> Counted:
        """The counts that the settings of a run are checked against."""
        counts = None if self.train.masks else self.train.counts(len(self.classes)).tolist()
        return Counted(
            name=self.name, train_images=len(self.train), val_images=len(self.val), num_classes=len(self.classes),
            class_counts=counts,
        )  # fmt: skip


def label_words(classes: Sequence[str], labels: NDArray[np.int64], index: int) -> str:
    """The class of a sample in words, or its labels where it can have several.

    Args:
        classes: their names.
        labels: (N,) classes, or (N, L), 0 or 1.
        index: the place of the sample.
    """
    if labels.ndim == 1:
        return classes[int(labels[index])]
    return ", ".join(classes[place] for place in np.flatnonzero(labels[index]).tolist()) or "no label"


def groups_in(dataset: Dataset) -> NDArray[np.int64] | None:
    """(N,) the groups of all images for training and then for validation; None where each image is by itself."""
    train, val = dataset.train.groups, dataset.val.groups
    return None if train is None or val is None else np.concatenate([train, val])


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

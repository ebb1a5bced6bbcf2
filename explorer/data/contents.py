"""What a data set of any format holds, listed without decoding an image: what the Data page shows and measures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import Dataset, Split

NO_LABEL = -1


@dataclass(frozen=True)
class LeftOut:
    """Something that is not used.

    Attributes:
        name: of the file or row.
        reason: a sentence that says why, and what to do.
        kind: what is the same in the reasons of all alike, such as "the label is empty"; "" for the reason itself.
    """

    name: str
    reason: str
    kind: str = ""


@dataclass(frozen=True, eq=False)
class Annotations:
    """What is known of one image besides its label, in the image's own pixels; None where the format has no such thing.

    Attributes:
        bboxes: (B, 5) float32, x_min, y_min, x_max, y_max and class.
        keypoints: (K, 3) float32, x, y and class.
        mask: the file of its mask, or a function that makes the (H, W) uint8 mask.
    """

    bboxes: NDArray[np.float32] | None = None
    keypoints: NDArray[np.float32] | None = None
    mask: Path | Callable[[], NDArray[np.uint8]] | None = None


def _nothing(index: int) -> Annotations:
    del index
    return Annotations()


@dataclass(frozen=True, eq=False)
class Contents:
    """A listed data set of N images. Columns, and not objects, so that a million images fit into memory.

    Attributes:
        name: of the data set.
        classes: the names of labels, and of the classes of boxes and keypoints, from 0; () if unknown.
        points: the names of kinds of keypoints, such as the nose, whose numbers come after those of `classes`.
        parts: the names of its parts, such as train and val.
        ids: N names of images, unique within the data set.
        source: gives the file of an image, or a name that identifies it where it is in no file of its own.
        part: (N,) int8, index into `parts`.
        label: (N,) int32, the class of the whole image; NO_LABEL where it has none.
        group: (N,) int32, images of the same group belong together, such as those of a patient; None if unknown.
        annotations: gives what else is known of an image.
        mask_classes: the names of the values of masks from 0; () where there are no masks.
        left_out: what is not used, and why.
        notes: sentences about the whole set.
        pixels: gives the (H, W, 3) uint8 RGB pixels of an image that is in no file of its own; None where all are.
        several: (N, L) int8, 1 where an image has a label, for images that can have several of L; `label` is then
            NO_LABEL for all. None otherwise.
        refused: why no choice of images makes it one that can be trained on; "" where nothing is known against it.
        columns: of a table, the names of those of paths, labels, parts, folds and groups, "" for none; () of others.
    """

    name: str
    classes: tuple[str, ...]
    parts: tuple[str, ...]
    ids: Sequence[str]
    source: Callable[[int], Path | str]
    part: NDArray[np.int8]
    label: NDArray[np.int32]
    group: NDArray[np.int32] | None = None
    annotations: Callable[[int], Annotations] = _nothing
    mask_classes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = field(default=())
    pixels: Callable[[int], NDArray[np.uint8]] | None = None
    columns: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    several: NDArray[np.int8] | None = None
    refused: str = ""

    def __len__(self) -> int:
        return len(self.ids)

    def having(self, label: int) -> NDArray[np.bool_]:
        """(N,) whether an image is of a class, or has a label where it can have several."""
        return np.asarray(self.label == label if self.several is None else self.several[:, label] == 1)

    @property
    def of_masks(self) -> bool:
        """Whether images have masks and no labels, so that masks are what can be learned."""
        return bool(self.mask_classes) and self.several is None and not (self.label != NO_LABEL).any()

    def words(self, index: int) -> str:
        """The class of an image, or all of its labels; "" where it has none."""
        if self.several is not None:
            return ", ".join(self.classes[place] for place in np.flatnonzero(self.several[index]).tolist())
        label = int(self.label[index])
        return "" if label == NO_LABEL else self.classes[label]


def of_dataset(dataset: Dataset, *, generated: bool = False) -> Contents:
    """The contents of an opened data set with labels.

    Args:
        dataset: The data set.
        generated: Whether its samples come with boxes, keypoints and masks, which are known once a sample is made.
    """
    splits = [split for split in (dataset.train, dataset.val, dataset.test) if split is not None]
    starts = np.cumsum([0, *map(len, splits)])

    def place(index: int) -> tuple[Split, int]:
        number = int(np.searchsorted(starts, index, side="right")) - 1
        return splits[number], index - int(starts[number])

    def source(index: int) -> Path | str:
        split, at = place(index)
        return split.source(at)

    def pixels(index: int) -> NDArray[np.uint8]:
        split, at = place(index)
        return split.load(at).image

    def annotations(index: int) -> Annotations:
        split, at = place(index)
        sample = split.load(at)
        mask = sample.mask
        return Annotations(sample.bboxes, sample.keypoints, None if mask is None else lambda: mask)

    labels = np.concatenate([split.labels for split in splits])
    return Contents(
        dataset.name,
        dataset.classes,
        tuple(split.name for split in splits),
        [name for split in splits for name in split.ids],
        source,
        np.repeat(np.arange(len(splits), dtype=np.int8), [len(split) for split in splits]),
        labels.astype(np.int32) if labels.ndim == 1 else np.full(len(labels), NO_LABEL, np.int32),
        annotations=annotations if generated else _nothing,
        mask_classes=() if dataset.train.masks is None else dataset.train.masks.names,
        notes=dataset.notes,
        pixels=pixels,
        several=labels.astype(np.int8) if labels.ndim == 2 else None,
    )

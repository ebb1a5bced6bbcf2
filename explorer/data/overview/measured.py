"""What was measured of the images of a data set: a table with a row for each image that was looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

THUMBNAIL = 16  # px, the side of the gray thumbnails that confirm near duplicates


def _no_boxes() -> NDArray[np.float32]:
    return np.zeros((0, 5), np.float32)


def _no_fine() -> NDArray[np.float32]:
    return np.zeros((0, 3), np.float32)


def _no_rows() -> NDArray[np.int64]:
    return np.zeros(0, np.int64)


def _no_thumbnails() -> NDArray[np.uint8]:
    return np.zeros((0, THUMBNAIL, THUMBNAIL), np.uint8)


@dataclass(frozen=True, eq=False)
class Measured:
    """Measurements of M of the N images of a data set, all in the order of `index`. Damaged images have zeros.

    A JPEG of 500 px and more is measured at a half, a quarter or an eighth of its size. That is approximate in
    contrast, sharpness and `square`, for which `fine` says by how much; width, height, hashes of content and trouble
    are exact. Values of more than 8 bits are measured in the range of their image, unless the data set names one.

    Attributes:
        total: N.
        index: (M,) int64, ascending, the places of the images in the `Contents`. All of them unless sampled.
        width, height: (M,) int32, px, as the image is shown (EXIF orientation applied).
        size: (M,) int64, bytes of the file; 0 for images that are in no file of their own.
        brightness, contrast: (M,) float32, mean and standard deviation of the gray values, 0 to 255.
        sharpness: (M,) float32, variance of the Laplacian of the gray image at 256 px on the long side.
        mean, square: (M, 3) float32, means of the values and of their squares by channel, RGB, from 0 to 1.
        fine: (M, 3) float32, what all pixels of the image add to `square`: 0 where it was measured in full, NaN where
            this was not measured; (0, 3) where all were measured in full.
        dhash: (M,) uint64, a difference hash of the gray image, for near duplicates.
        content: (M,) uint64, equal only where the decoded pixels are equal: for JPEG a hash of the coded image without
            its metadata, for other formats a hash of the pixels. A picture that was saved in another format is not an
            exact duplicate but a near one.
        format: (M,) of short strings such as "JPEG".
        trouble: place in this table -> why the image does not decode, in a sentence.
        ids: the M names of the images; () where they were not recorded.
        thumbnail: (M, 16, 16) uint8, the gray image; (0, 16, 16) where it was not recorded.
        boxes: (B, 5) float32, x_min, y_min, x_max, y_max in px and class, of all measured images.
        box_row: (B,) int64, the place in this table of the image of each box.
        mask_area: (M, C) float32, the share of the pixels of each image that its mask gives to a class; NaN for images
            without a mask that can be read. None where there are no masks.
        mask_trouble: place in this table -> why its mask cannot be used, in a sentence.
    """

    total: int
    index: NDArray[np.int64]
    width: NDArray[np.int32]
    height: NDArray[np.int32]
    size: NDArray[np.int64]
    brightness: NDArray[np.float32]
    contrast: NDArray[np.float32]
    sharpness: NDArray[np.float32]
    mean: NDArray[np.float32]
    square: NDArray[np.float32]
    dhash: NDArray[np.uint64]
    content: NDArray[np.uint64]
    format: Sequence[str]
    trouble: Mapping[int, str]
    ids: Sequence[str] = ()
    thumbnail: NDArray[np.uint8] = field(default_factory=_no_thumbnails)
    fine: NDArray[np.float32] = field(default_factory=_no_fine)
    boxes: NDArray[np.float32] = field(default_factory=_no_boxes)
    box_row: NDArray[np.int64] = field(default_factory=_no_rows)
    mask_area: NDArray[np.float32] | None = None
    mask_trouble: Mapping[int, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.index)

    @property
    def sampled(self) -> bool:
        """Whether only some of the images were measured."""
        return len(self.index) < self.total

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Which of the images decode: (M,)."""
        usable = np.ones(len(self), bool)
        usable[list(self.trouble)] = False
        return usable

    def rows(self, chosen: NDArray[np.integer]) -> "Measured":
        """Some of the rows, in the order that is given; `total` stays. Boxes follow their images."""
        place = np.full(len(self), -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        box_row = place[self.box_row] if len(self.box_row) else self.box_row
        columns = {name: getattr(self, name)[chosen] for name in _COLUMNS}
        return replace(
            self,
            **columns,
            format=[self.format[row] for row in chosen],
            ids=[self.ids[row] for row in chosen] if len(self.ids) else (),
            thumbnail=self.thumbnail[chosen] if len(self.thumbnail) else self.thumbnail,
            fine=self.fine[chosen] if len(self.fine) else self.fine,
            boxes=self.boxes[box_row >= 0],
            box_row=box_row[box_row >= 0],
            mask_area=None if self.mask_area is None else self.mask_area[chosen],
            trouble=_moved(self.trouble, place),
            mask_trouble=_moved(self.mask_trouble, place),
        )

    def aligned(self, ids: Sequence[str]) -> "Measured":
        """The same measurements for a data set that lists its images in another order, as it does with another fold.

        Images that the data set no longer has are left out; `sampled` is true where it has some that are not measured.

        Args:
            ids: of the data set as it is listed now.
        """
        if not len(self.ids):
            return self
        at = {name: place for place, name in enumerate(ids)}
        index = np.array([at.get(name, -1) for name in self.ids], np.int64)
        order = np.argsort(index, kind="stable")
        order = order[index[order] >= 0]
        return replace(self.rows(order), index=index[order], total=len(ids))


_COLUMNS = (
    "index", "width", "height", "size", "brightness", "contrast", "sharpness", "mean", "square", "dhash", "content",
)  # fmt: skip


def _moved(words: Mapping[int, str], place: NDArray[np.int64]) -> dict[int, str]:
    return {int(place[row]): text for row, text in words.items() if place[row] >= 0}

"""An image with everything that is known about it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from explorer.base.names import ShownError

# 8000 × 8000: more is not read, since a small file can unpack to far more (a decompression bomb), and where steps make
# more, a page warns. Usual steps take 20 bytes for each pixel, so 1.3 GB, and a process that draws has 2 GB.
MAX_PIXELS = 64_000_000


class SampleError(ShownError):
    """A sample whose parts do not fit together."""


@dataclass(frozen=True, eq=False)
class Sample:
    """An image and its targets, all in the same pixel coordinates.

    Attributes:
        image: (H, W, 3) uint8, RGB.
        mask: (H, W) uint8, a class index for each pixel, 0 is the background.
        bboxes: (N, 5) float32, x_min, y_min, x_max, y_max in px, and a class index from 0.
        keypoints: (K, 3) float32, x, y in px, and a class index from 0.
        label: the class of the whole image.
        id: its name in the data set.

    Raises:
        SampleError: a part has another type, shape or size.
    """

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8] | None = None
    bboxes: NDArray[np.float32] | None = None
    keypoints: NDArray[np.float32] | None = None
    label: int | None = None
    id: str | None = None

    def __post_init__(self) -> None:
        _check_image(self.image)
        height, width = self.image.shape[:2]
        if self.mask is not None:
            _check_mask(self.mask, height, width)
        if self.bboxes is not None:
            _check_boxes(self.bboxes)
        if self.keypoints is not None:
            _check_table(self.keypoints, "keypoints", ("x", "y", "class"))

    @property
    def size(self) -> tuple[int, int]:
        """Height and width in px."""
        return self.image.shape[0], self.image.shape[1]


def _check_image(image: NDArray[np.uint8]) -> None:
    if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        raise SampleError(f"Expected an image of shape (H, W, 3) and uint8, but got {image.shape} and {image.dtype}.")
    if 0 in image.shape:
        raise SampleError(f"The image has no pixels: its shape is {image.shape}.")


def _check_mask(mask: NDArray[np.uint8], height: int, width: int) -> None:
    if mask.ndim != 2 or mask.dtype != np.uint8:
        raise SampleError(f"Expected a mask of shape (H, W) and uint8, but got {mask.shape} and {mask.dtype}.")
    if mask.shape != (height, width):
        raise SampleError(
            f"The mask is {mask.shape[1]} × {mask.shape[0]} px, but the image is {width} × {height} px. "
            "Give a mask of the image's own size."
        )


def _check_table(table: NDArray[np.float32], name: str, columns: tuple[str, ...]) -> None:
    if table.ndim != 2 or table.shape[1] != len(columns):
        raise SampleError(f"Expected {name} of shape (N, {len(columns)}): {', '.join(columns)}; got {table.shape}.")
    if not np.isfinite(table).all():
        raise SampleError(f"{name} hold values that are not ordinary numbers.")


def _check_boxes(boxes: NDArray[np.float32]) -> None:
    _check_table(boxes, "bboxes", ("x_min", "y_min", "x_max", "y_max", "class"))
    for index in np.flatnonzero((boxes[:, 2] <= boxes[:, 0]) | (boxes[:, 3] <= boxes[:, 1]))[:1]:
        raise SampleError(f"Box {index} has no area: {boxes[index, :4].tolist()}. x_max and y_max must be larger.")

"""Small pictures of a sample with its mask, boxes and keypoints laid over."""

from typing import Any

import cv2
import numpy as np

from explorer.data.color_masks import Color
from explorer.draw.encoding import Classes, Targets, as_jpeg, as_shown

_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
SIDE = 176  # px; shown at half of it, since some screens have twice the pixels


def thumbnail(targets: Targets, classes: Classes, side: int = SIDE) -> bytes:
    """JPEG of at most `side` px. Masks are drawn as outlines: a fill would hide what a step does to colors."""
    image = as_shown(targets.image)
    height, width = image.shape[:2]
    # Averaging whole blocks of pixels is four times as fast as other areas; less than a block is cut off at the edge.
    block = max(1, -(-max(height, width) // side))
    size = (max(1, width // block), max(1, height // block))
    edge = slice(0, size[1] * block), slice(0, size[0] * block)
    small = cv2.resize(image[edge], size, interpolation=cv2.INTER_AREA)
    small = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB) if small.ndim == 2 else small
    if targets.mask is not None and targets.mask.ndim == 2 and targets.mask.dtype == np.uint8:
        small = _outlined(small, cv2.resize(targets.mask[edge], size, interpolation=cv2.INTER_NEAREST), classes)
    _draw(small, targets, 1 / block, classes.colors)
    return as_jpeg(small, quality=80)


def _outlined(image: np.ndarray, mask: np.ndarray, classes: Classes) -> np.ndarray:
    """The image with the border of each class in its color."""
    border = cv2.morphologyEx(mask, cv2.MORPH_GRADIENT, _CROSS)
    if classes.first:
        border = cv2.bitwise_and(border, border, mask=mask)
    painted = cv2.LUT(cv2.merge([mask, mask, mask]), classes.table()[:, None])
    outlined: np.ndarray = cv2.copyTo(painted, border, image.copy())
    return outlined


def _draw(image: np.ndarray, targets: Targets, scale: float, colors: tuple[Color, ...]) -> None:
    for left, top, right, bottom, label in _rows(targets.bboxes):
        corners = [(round(x * scale), round(y * scale)) for x, y in ((left, top), (right, bottom))]
        cv2.rectangle(image, corners[0], corners[1], colors[int(label) % len(colors)], 1)
    for x, y, label in _rows(targets.keypoints):
        cv2.circle(image, (round(x * scale), round(y * scale)), 2, colors[int(label) % len(colors)], -1)


def _rows(table: np.ndarray | None) -> list[Any]:
    return [] if table is None else table.tolist()

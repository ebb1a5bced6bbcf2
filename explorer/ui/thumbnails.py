"""Small pictures of a sample with its mask, boxes and keypoints laid over."""

from typing import Any

import cv2
import numpy as np

from explorer.ui.components.preview import Colour, Targets, as_jpeg, as_shown

SIDE = 176  # px; cards are about half of it wide, and some screens have twice the pixels
_MASK_SHARE = 0.45


def thumbnail(targets: Targets, colours: tuple[Colour, ...], side: int = SIDE) -> bytes:
    """JPEG of at most `side` px."""
    image = as_shown(targets.image)
    height, width = image.shape[:2]
    # Averaging whole blocks of pixels is four times faster than any other area; up to a block is left off at the edge.
    block = max(1, -(-max(height, width) // side))
    size = (max(1, width // block), max(1, height // block))
    edge = slice(0, size[1] * block), slice(0, size[0] * block)
    small = cv2.resize(image[edge], size, interpolation=cv2.INTER_AREA)
    small = cv2.cvtColor(small, cv2.COLOR_GRAY2RGB) if small.ndim == 2 else small
    if targets.mask is not None and targets.mask.ndim == 2 and targets.mask.dtype == np.uint8:
        small = _tinted(small, cv2.resize(targets.mask[edge], size, interpolation=cv2.INTER_NEAREST), colours)
    _draw(small, targets, 1 / block, colours)
    return as_jpeg(small, quality=80)


def _tinted(image: np.ndarray, mask: np.ndarray, colours: tuple[Colour, ...]) -> np.ndarray:
    table = np.zeros((256, 1, 3), np.uint8)
    table[1:, 0] = np.resize(np.array(colours, np.uint8), (255, 3))
    painted = cv2.LUT(cv2.merge([mask, mask, mask]), table)
    return cv2.copyTo(cv2.addWeighted(image, 1 - _MASK_SHARE, painted, _MASK_SHARE, 0), mask, image.copy())


def _draw(image: np.ndarray, targets: Targets, scale: float, colours: tuple[Colour, ...]) -> None:
    for left, top, right, bottom, label in _rows(targets.bboxes):
        corners = [(round(x * scale), round(y * scale)) for x, y in ((left, top), (right, bottom))]
        cv2.rectangle(image, corners[0], corners[1], colours[int(label) % len(colours)], 1)
    for x, y, label in _rows(targets.keypoints):
        cv2.circle(image, (round(x * scale), round(y * scale)), 2, colours[int(label) % len(colours)], -1)


def _rows(table: np.ndarray | None) -> list[Any]:
    return [] if table is None else table.tolist()

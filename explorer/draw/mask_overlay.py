"""Masks that are drawn over the image that a network gets: a color for each class, hatched where no pixel counts."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.color_masks import Color
from explorer.data.mask_classes import UNCOUNTED, MaskClasses

_OPACITY = 0.55
_LINE = 0.03  # width of a hatched line as a share of the side
_HATCHED = np.array([255, 255, 255], np.float32)


def overlaid(
    image: NDArray[np.uint8], mask: NDArray[np.uint8], masks: MaskClasses, colors: Sequence[Color], side: int
) -> NDArray[np.uint8]:
    """Draw a mask over its image.

    Args:
        image: (S, S, 3).
        mask: (S, S) values of the mask; those that do not count are hatched.
        masks: What the values mean.
        colors: The colors of classes; they start again after the last one.
        side: Both are shrunk to this side in px if they are larger.

    Returns:
        The picture. The background, which has no color, is the plain image.
    """
    if len(image) > side:
        image = np.asarray(cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
        mask = np.asarray(cv2.resize(mask, (side, side), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)
    counts = masks.target(mask) != UNCOUNTED
    table, colored = np.zeros((256, 3), np.float32), np.zeros(256, bool)
    for value, place in enumerate(masks.color_places):
        if place is not None:
            table[value], colored[value] = colors[place % len(colors)], True
    found = image.astype(np.float32)
    tinted = colored[mask] & counts
    found[tinted] += _OPACITY * (table[mask] - found)[tinted]
    hatched = ~counts & _stripes(len(image))
    found[hatched] += _OPACITY * (_HATCHED - found[hatched])
    return np.rint(found).astype(np.uint8)


def _stripes(side: int) -> NDArray[np.bool_]:
    rows, columns = np.indices((side, side))
    width = max(1, round(_LINE * side))
    return np.asarray((rows + columns) // width % 3 == 0)


def class_shares(mask: NDArray[np.uint8], masks: MaskClasses) -> tuple[float, ...]:
    """Return the share of each class among the pixels of a mask that count; all are 0 where none counts."""
    counts = np.bincount(masks.target(mask).reshape(-1), minlength=UNCOUNTED + 1)[: len(masks.values)]
    return tuple((counts / max(int(counts.sum()), 1)).tolist())

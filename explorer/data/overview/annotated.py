"""Measures the masks of images, and collects their boxes."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.data.contents import Annotations, Contents
from explorer.data.images import decode_mask
from explorer.data.mask_classes import IGNORED
from explorer.data.stored import ImageError

_AT_ONCE = 128  # images between two reports
_NAMED = 8  # values of a mask that are no class


@dataclass(frozen=True, eq=False)
class About:
    """The fields of `Measured` that come from annotations."""

    boxes: NDArray[np.float32]
    box_row: NDArray[np.int64]
    mask_area: NDArray[np.float32] | None
    mask_trouble: Mapping[int, str] = field(default_factory=dict)


def measure(
    contents: Contents,
    index: NDArray[np.int64],
    width: NDArray[np.int32],
    height: NDArray[np.int32],
    pool: ThreadPoolExecutor,
    report: Callable[[int], None],
) -> About:
    """Measure the annotations of some images.

    Args:
        contents: the data set.
        index: (M,) the places of the images.
        width, height: (M,), px, of these images; 0 where they are unknown.
        pool: decodes the masks.
        report: called with the number of images that are done.
    """
    boxes: list[NDArray[np.float32]] = []
    rows: list[int] = []
    areas = np.full((len(index), len(contents.mask_classes)), np.nan, np.float32) if contents.mask_classes else None
    trouble: dict[int, str] = {}

    def mask_of(row: int) -> _Mask:
        return _measured(contents.annotations(int(index[row])), len(contents.mask_classes), width[row], height[row])

    for start in range(0, len(index), _AT_ONCE):
        some = range(start, min(start + _AT_ONCE, len(index)))
        for row, found in zip(some, pool.map(mask_of, some), strict=True):
            if found.boxes is not None and len(found.boxes):
                boxes.append(np.asarray(found.boxes, np.float32))
                rows += [row] * len(found.boxes)
            if found.trouble:
                trouble[row] = found.trouble
            if areas is not None and found.shares is not None:
                areas[row] = found.shares
        report(some.stop)
    joined = np.concatenate(boxes) if boxes else np.zeros((0, 5), np.float32)
    return About(joined, np.array(rows, np.int64), areas, trouble)


@dataclass(frozen=True, eq=False)
class _Mask:
    """The boxes of one image, the shares of its pixels by class, and why its mask cannot be used."""

    boxes: NDArray[np.float32] | None
    shares: NDArray[np.float32] | None = None
    trouble: str = ""


def _measured(found: Annotations, classes: int, width: int, height: int) -> _Mask:
    if found.mask is None or not classes:
        return _Mask(found.bboxes)
    try:
        mask = decode_mask(found.mask) if isinstance(found.mask, Path) else found.mask()
    except (ImageError, ValueError) as error:
        return _Mask(found.bboxes, trouble=str(error))
    counts = np.bincount(mask.ravel(), minlength=256)
    shares = (counts[:classes] / max(mask.size, 1)).astype(np.float32)
    if width and mask.shape != (height, width):
        sizes = f"The mask has {mask.shape[1]:,} × {mask.shape[0]:,} px and its image {width:,} × {height:,} px."
        return _Mask(found.bboxes, shares, sizes)
    return _Mask(found.bboxes, shares, _unknown(counts, classes))


def _unknown(counts: NDArray[np.int64], classes: int) -> str:
    """The values of a mask that are no class, with their pixels, in a sentence; "" for none."""
    counts[IGNORED] = 0
    if not counts.any():
        return "All pixels of the mask are 255, which never counts."
    values = [value for value in range(classes, 256) if counts[value]]
    if not values:
        return ""
    named = ", ".join(f"{value} ({counts[value]:,} px)" for value in values[:_NAMED])
    return f"The mask has values that are no class: {named}{' ...' if len(values) > _NAMED else ''}."

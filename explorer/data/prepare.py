"""Other sizes of a sample, with its mask, boxes and keypoints moved along."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.sample import Sample


def fit_square(sample: Sample, size: int) -> Sample:
    """The middle of the sample as `size` × `size` px: the short side is scaled to `size`, the long side cut evenly.

    Shrinking averages areas, enlarging is bilinear, masks take the nearest pixel. Boxes are cut at the border; boxes
    and keypoints that fall outside are dropped.
    """
    height, width = sample.size
    scale = size / min(height, width)
    new_width, new_height = max(size, round(width * scale)), max(size, round(height * scale))
    left, top = (new_width - size) // 2, (new_height - size) // 2
    window = (slice(top, top + size), slice(left, left + size))
    image, mask = _resized(sample, new_width, new_height)
    factors = (new_width / width, new_height / height)
    return Sample(
        image=np.ascontiguousarray(image[window]),
        mask=None if mask is None else np.ascontiguousarray(mask[window]),
        bboxes=_inside_boxes(sample.bboxes, factors, (left, top), size),
        keypoints=_inside_points(sample.keypoints, factors, (left, top), size),
        label=sample.label,
        id=sample.id,
    )


def shrink(sample: Sample, long_side: int) -> Sample:
    """The sample with its long side at most `long_side` px; a smaller one is returned as it is."""
    height, width = sample.size
    if max(height, width) <= long_side:
        return sample
    scale = long_side / max(height, width)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    image, mask = _resized(sample, new_width, new_height)
    factors = (new_width / width, new_height / height)
    return Sample(
        image=image,
        mask=mask,
        bboxes=_scaled(sample.bboxes, factors, 2),
        keypoints=_scaled(sample.keypoints, factors, 1),
        label=sample.label,
        id=sample.id,
    )


def _resized(sample: Sample, width: int, height: int) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    if sample.size == (height, width):
        return sample.image, sample.mask
    shrinking = height < sample.size[0]
    method = cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR
    image = cv2.resize(sample.image, (width, height), interpolation=method)
    if sample.mask is None:
        return image, None
    return image, cv2.resize(sample.mask, (width, height), interpolation=cv2.INTER_NEAREST)


def _scaled(table: NDArray[np.float32] | None, factors: tuple[float, float], pairs: int) -> NDArray[np.float32] | None:
    if table is None:
        return None
    moved = table.copy()
    moved[:, : 2 * pairs] *= np.tile(np.asarray(factors, np.float32), pairs)
    return moved


def _inside_boxes(
    boxes: NDArray[np.float32] | None, factors: tuple[float, float], corner: tuple[int, int], size: int
) -> NDArray[np.float32] | None:
    moved = _scaled(boxes, factors, 2)
    if moved is None:
        return None
    moved[:, :4] = (moved[:, :4] - np.tile(np.asarray(corner, np.float32), 2)).clip(0, size)
    return moved[(moved[:, 2] - moved[:, 0] > 1) & (moved[:, 3] - moved[:, 1] > 1)]


def _inside_points(
    points: NDArray[np.float32] | None, factors: tuple[float, float], corner: tuple[int, int], size: int
) -> NDArray[np.float32] | None:
    moved = _scaled(points, factors, 1)
    if moved is None:
        return None
    moved[:, :2] -= np.asarray(corner, np.float32)
    return moved[((moved[:, :2] >= 0) & (moved[:, :2] < size)).all(axis=1)]

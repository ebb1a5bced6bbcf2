"""Other sizes of a sample, with its mask, boxes and keypoints moved along."""

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.images import ImageError
from explorer.data.sample import Sample


def load(split: Split, index: int, fit: Fit | None) -> Sample:
    """A sample of a split at the size of `fit`, at its own where there is none.

    Raises what the split's `load` raises, and ImageError for an image that is too large for the memory.
    """
    try:
        sample = split.load(index)
        return sample if fit is None else fitted(sample, fit)
    except (cv2.error, MemoryError) as error:
        raise ImageError(f"{split.ids[index]} is too large for the memory. Make it smaller, or remove it.") from error


def fitted(sample: Sample, fit: Fit) -> Sample:
    """The sample at the size that `fit` gives it: whole, or its middle square."""
    return fit_square(sample, fit.most) if fit.square else _scaled_to(sample, *fit.size(*sample.size))


def fit_square(sample: Sample, size: int) -> Sample:
    """The middle of the sample as `size` × `size` px: the short side is scaled to `size`, the long side cut evenly.

    Shrinking averages areas, enlarging is bilinear, masks take the nearest pixel. Boxes are cut at the border; boxes
    and keypoints that fall outside are dropped.
    """
    sample = _near_middle(sample)
    height, width = sample.size
    scale = size / min(height, width)
    whole = _scaled_to(sample, max(size, round(height * scale)), max(size, round(width * scale)))
    return _cut(whole, ((whole.size[1] - size) // 2, (whole.size[0] - size) // 2), (size, size))


def shrink(sample: Sample, long_side: int) -> Sample:
    """The sample with its long side at most `long_side` px; a smaller one is returned as it is."""
    height, width = sample.size
    if max(height, width) <= long_side:
        return sample
    scale = long_side / max(height, width)
    return _scaled_to(sample, max(1, round(height * scale)), max(1, round(width * scale)))


_NEAR = 4  # times its short side


def _near_middle(sample: Sample) -> Sample:
    """What lies near the middle of a very long sample: scaled as a whole, one of 12000 × 1 px would take gigabytes."""
    height, width = sample.size
    reach = _NEAR * min(height, width)
    if max(height, width) <= reach:
        return sample
    size = min(height, reach), min(width, reach)
    return _cut(sample, ((width - size[1]) // 2, (height - size[0]) // 2), size, least=0.0)


def _cut(sample: Sample, corner: tuple[int, int], size: tuple[int, int], least: float = 1.0) -> Sample:
    """A part of the sample. corner: left, top. size: height, width. least: boxes no larger than that are dropped."""
    (left, top), (height, width) = corner, size
    window = (slice(top, top + height), slice(left, left + width))
    return Sample(
        image=np.ascontiguousarray(sample.image[window]),
        mask=None if sample.mask is None else np.ascontiguousarray(sample.mask[window]),
        bboxes=_inside_boxes(sample.bboxes, corner, size, least),
        keypoints=_inside_points(sample.keypoints, corner, size),
        label=sample.label,
        id=sample.id,
    )


def _scaled_to(sample: Sample, height: int, width: int) -> Sample:
    if sample.size == (height, width):
        return sample
    image, mask = _resized(sample, width, height)
    factors = (width / sample.size[1], height / sample.size[0])
    boxes, points = _scaled(sample.bboxes, factors, 2), _scaled(sample.keypoints, factors, 1)
    return Sample(image, mask, boxes, points, sample.label, sample.id)


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
    boxes: NDArray[np.float32] | None, corner: tuple[int, int], size: tuple[int, int], least: float
) -> NDArray[np.float32] | None:
    if boxes is None:
        return None
    moved = boxes.copy()
    moved[:, :4] -= np.tile(np.asarray(corner, np.float32), 2)
    moved[:, 0:4:2] = moved[:, 0:4:2].clip(0, size[1])
    moved[:, 1:4:2] = moved[:, 1:4:2].clip(0, size[0])
    return moved[(moved[:, 2] - moved[:, 0] > least) & (moved[:, 3] - moved[:, 1] > least)]


def _inside_points(
    points: NDArray[np.float32] | None, corner: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.float32] | None:
    if points is None:
        return None
    moved = points.copy()
    moved[:, :2] -= np.asarray(corner, np.float32)
    return moved[((moved[:, :2] >= 0) & (moved[:, :2] < np.asarray(size[::-1]))).all(axis=1)]

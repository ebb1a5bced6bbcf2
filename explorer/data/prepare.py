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
    near = _near(*sample.size)
    if near != sample.size:
        sample = _cut(sample, *near, least=0.0)
    return _cut(_scaled_to(sample, *_covering(*sample.size, size)), size, size)


def square_of(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """The middle of an image (H, W, 3): the short side is scaled to `size` px, the long side cut evenly."""
    image = _middle(image, *_near(*image.shape[:2]))
    height, width = image.shape[:2]
    image = resized(image, *_covering(height, width, size))
    return _middle(image, size, size)


def _near(height: int, width: int) -> tuple[int, int]:
    """What lies near the middle of a very long image: scaled as a whole, one of 12000 × 1 px would take gigabytes."""
    reach = 4 * min(height, width)
    return min(height, reach), min(width, reach)


def _covering(height: int, width: int, size: int) -> tuple[int, int]:
    """Height and width that an image is scaled to, so that its short side has `size` px."""
    scale = size / min(height, width)
    return max(size, round(height * scale)), max(size, round(width * scale))


def _middle(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    left, top = (image.shape[1] - width) // 2, (image.shape[0] - height) // 2
    return np.ascontiguousarray(image[top : top + height, left : left + width])


def resized(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """The whole image at another size: shrinking averages areas, enlarging is bilinear."""
    if image.shape[:2] == (height, width):
        return image
    method = cv2.INTER_AREA if height < image.shape[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=method), np.uint8)


def shrink(sample: Sample, long_side: int) -> Sample:
    """The sample with its long side at most `long_side` px; a smaller one is returned as it is."""
    height, width = sample.size
    if max(height, width) <= long_side:
        return sample
    scale = long_side / max(height, width)
    return _scaled_to(sample, max(1, round(height * scale)), max(1, round(width * scale)))


def _cut(sample: Sample, height: int, width: int, least: float = 1.0) -> Sample:
    """The middle of the sample. least: boxes no larger than that are dropped."""
    corner = (sample.size[1] - width) // 2, (sample.size[0] - height) // 2
    return Sample(
        image=_middle(sample.image, height, width),
        mask=None if sample.mask is None else _middle(sample.mask, height, width),
        bboxes=_inside_boxes(sample.bboxes, corner, (height, width), least),
        keypoints=_inside_points(sample.keypoints, corner, (height, width)),
        label=sample.label,
        id=sample.id,
    )


def _scaled_to(sample: Sample, height: int, width: int) -> Sample:
    if sample.size == (height, width):
        return sample
    mask = sample.mask
    if mask is not None:
        mask = cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST)
    factors = (width / sample.size[1], height / sample.size[0])
    boxes, points = _scaled(sample.bboxes, factors, 2), _scaled(sample.keypoints, factors, 1)
    return Sample(resized(sample.image, height, width), mask, boxes, points, sample.label, sample.id)


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

"""Other sizes of a sample, with its mask, boxes and keypoints moved along."""

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.sample import Sample
from explorer.data.stored import ImageError


def load(split: Split, index: int, fit: Fit | None) -> Sample:
    """A sample of a split at the size of `fit`, or at its own where that is None.

    Raises ImageError for an image that cannot be read or is too large for the memory.
    """
    try:
        sample = split.load(index)
        return sample if fit is None else fitted(sample, fit)
    except (cv2.error, MemoryError) as error:
        raise ImageError(f"{split.ids[index]} is too large for the memory. Make it smaller, or remove it.") from error


def fitted(sample: Sample, fit: Fit) -> Sample:
    """The sample at the size of `fit`: whole, or its middle square."""
    return fit_square(sample, fit.most) if fit.square else _scaled_to(sample, *fit.size(*sample.size))


def fit_square(sample: Sample, size: int) -> Sample:
    """The middle of the sample as `size` × `size` px: the short side is scaled to `size`, the long side is cut evenly.

    Images are shrunk by averaging areas and enlarged bilinearly, and masks take the nearest pixel. Boxes are cut at the
    border; boxes and keypoints that are outside are dropped.
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
    """Height and width of what is scaled of a very long image: as a whole, 12000 × 1 px would take gigabytes."""
    reach = 4 * min(height, width)
    return min(height, reach), min(width, reach)


def _covering(height: int, width: int, size: int) -> tuple[int, int]:
    """Height and width of an image that is scaled so that its short side has `size` px."""
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
    """The sample with a long side of at most `long_side` px; a smaller one is returned as it is."""
    height, width = sample.size
    if max(height, width) <= long_side:
        return sample
    scale = long_side / max(height, width)
    return _scaled_to(sample, max(1, round(height * scale)), max(1, round(width * scale)))


def _cut(sample: Sample, height: int, width: int, least: float = 1.0) -> Sample:
    """The middle of the sample. least: boxes whose width or height is not above that are dropped."""
    left, top = (sample.size[1] - width) // 2, (sample.size[0] - height) // 2
    boxes, points = sample.bboxes, sample.keypoints
    if boxes is not None:
        boxes = boxes - np.array([left, top, left, top, 0], np.float32)
        boxes[:, :4] = boxes[:, :4].clip(0, np.array([width, height] * 2, np.float32))
        boxes = boxes[(boxes[:, 2:4] - boxes[:, :2] > least).all(axis=1)]
    if points is not None:
        points = points - np.array([left, top, 0], np.float32)
        points = points[((points[:, :2] >= 0) & (points[:, :2] < np.array([width, height]))).all(axis=1)]
    mask = None if sample.mask is None else _middle(sample.mask, height, width)
    return replace(sample, image=_middle(sample.image, height, width), mask=mask, bboxes=boxes, keypoints=points)


def _scaled_to(sample: Sample, height: int, width: int) -> Sample:
    if sample.size == (height, width):
        return sample
    x, y = width / sample.size[1], height / sample.size[0]
    mask, boxes, points = sample.mask, sample.bboxes, sample.keypoints
    return replace(
        sample,
        image=resized(sample.image, height, width),
        mask=None if mask is None else cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST_EXACT),
        bboxes=None if boxes is None else boxes * np.array([x, y, x, y, 1], np.float32),
        keypoints=None if points is None else points * np.array([x, y, 1], np.float32),
    )

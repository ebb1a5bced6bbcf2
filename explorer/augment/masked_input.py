"""What a network for masks sees of a sample: the whole image in a square, with its aspect ratio kept, and its mask.

The image is scaled so that its long side fills the square, and padded on both sides of the short one. Padded pixels of
the mask are 255, which never counts.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from explorer.augment.apply import AugmentedSample, AugmentError, augment
from explorer.augment.network_input import augmenting, checked, scaled
from explorer.augment.pipeline import Pipeline
from explorer.data.prepare import resized
from explorer.data.sample import Sample

PADDED = 255  # in masks
GRAY = (124, 116, 104)  # in images: the mean of ImageNet, which is near 0 for a network
Pair = tuple[NDArray[Any], NDArray[np.uint8]]  # (S, S, 3) as the network gets it; (S, S) mask values


def training_pair(sample: Sample, pipeline: Pipeline, seed: int, epoch: int, index: int, size: int) -> Pair:
    """The sample as the network sees it in that epoch: (size, size, 3) pixels and the (size, size) mask.

    Raises AugmentError for a step that fails, and where the result has no mask or is not RGB pixels.
    """
    result = augment(sample, augmenting(pipeline), seed, epoch, index)
    image = checked(result, pipeline)
    if result.mask is None:
        raise AugmentError(
            "", "", "the pipeline leaves the mask out, which is what the network learns. Let masks be augmented."
        )
    if result.mask.shape[:2] != image.shape[:2]:
        raise AugmentError("", "", "the mask comes out in another size than the image.")
    return _network_input(image, np.ascontiguousarray(result.mask), pipeline, size)


def seen_whole(result: AugmentedSample, pipeline: Pipeline, size: int) -> NDArray[Any]:
    """(size, size, 3): the image of an augmented sample as the network sees it. Raises AugmentError, see `checked`."""
    return scaled(letterboxed(checked(result, pipeline), size), pipeline)


def validation_pair(sample: Sample, pipeline: Pipeline, size: int) -> Pair:
    """The sample as the network sees it in validation: as it is, or scaled by the pipeline, and its mask."""
    assert sample.mask is not None  # data sets with masks have no other samples
    return _network_input(sample.image, sample.mask, pipeline, size)


def sliding_pair(sample: Sample, pipeline: Pipeline, window: int) -> Pair:
    """The sample for windows: at its own size, with stripes on both sides where a side is shorter than the window."""
    assert sample.mask is not None
    height, width = sample.size
    above, before = max(0, window - height) // 2, max(0, window - width) // 2
    below, after = max(0, window - height) - above, max(0, window - width) - before
    image = np.empty((above + height + below, before + width + after, 3), np.uint8)
    image[:] = GRAY
    mask = np.full(image.shape[:2], PADDED, np.uint8)
    inside = slice(above, above + height), slice(before, before + width)
    image[inside], mask[inside] = sample.image, sample.mask
    return scaled(image, pipeline), mask


def _network_input(image: NDArray[np.uint8], mask: NDArray[np.uint8], pipeline: Pipeline, size: int) -> Pair:
    try:
        squared = letterboxed(image, size)
    except (cv2.error, MemoryError) as error:
        height, width = image.shape[:2]
        raise AugmentError("", "", f"The result has {width} × {height} px: too many for the memory.") from error
    return scaled(squared, pipeline), letterboxed_mask(mask, size)


def place(height: int, width: int, size: int) -> tuple[int, int, int, int]:
    """Where an image of this height and width is in the square: top, left, height and width in px."""
    scale = size / max(height, width)
    inner = max(1, round(height * scale)), max(1, round(width * scale))
    return (size - inner[0]) // 2, (size - inner[1]) // 2, *inner


def letterboxed(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """(size, size, 3): the whole image with its aspect ratio kept, between gray stripes."""
    top, left, height, width = place(image.shape[0], image.shape[1], size)
    inner = resized(image, height, width)
    if inner.shape[:2] == (size, size):
        return inner
    square = np.empty((size, size, 3), np.uint8)
    square[:] = GRAY
    square[top : top + height, left : left + width] = inner
    return square


def letterboxed_mask(mask: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """(size, size): the mask in the place of its image, by the nearest pixel; `PADDED` elsewhere."""
    top, left, height, width = place(mask.shape[0], mask.shape[1], size)
    inner = mask
    if mask.shape != (height, width):
        inner = np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8)
    if inner.shape == (size, size):
        return inner
    square = np.full((size, size), PADDED, np.uint8)
    square[top : top + height, left : left + width] = inner
    return square

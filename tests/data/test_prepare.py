"""Other sizes of a sample: the targets move with the picture."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.data.dataset import Split
from explorer.data.fit import Fit, square
from explorer.data.prepare import fit_square, fitted, load, shrink, square_of
from explorer.data.sample import Sample
from explorer.data.stored import ImageError


@pytest.fixture
def sample() -> Sample:
    """A bright rectangle in a dark picture of 100 × 200 px, and everything that points at it."""
    image = np.zeros((100, 200, 3), np.uint8)
    mask = np.zeros((100, 200), np.uint8)
    image[20:60, 90:130] = 255
    mask[20:60, 90:130] = 1
    boxes = np.array([[90, 20, 130, 60, 0], [0, 0, 20, 20, 1]], np.float32)
    points = np.array([[110, 40, 0], [10, 10, 1]], np.float32)
    return Sample(image, mask, boxes, points, 3, "x")


def test_fit_square_moves_every_target_with_the_picture(subtests: pytest.Subtests, sample: Sample) -> None:
    for size in [32, 50, 100, 160]:
        with subtests.test(size=size):
            square = fit_square(sample, size)
            assert square.image.shape == (size, size, 3)
            assert (square.label, square.id) == (3, "x")
            assert square.mask is not None
            assert square.bboxes is not None
            assert square.keypoints is not None
            rows, columns = np.nonzero(square.mask)
            extent = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            np.testing.assert_allclose(square.bboxes[:, :4], [extent], atol=1.01)
            assert square.bboxes[:, 4].tolist() == [0]  # the other one is cut away
            assert square.keypoints[:, 2].tolist() == [0]
            bright = square.image[..., 0] > 127
            assert (bright == (square.mask == 1)).mean() > 0.97


def test_shrink_leaves_a_small_sample_alone_and_scales_a_large_one(sample: Sample) -> None:
    assert shrink(sample, 200) is sample
    small = shrink(sample, 100)
    assert small.image.shape == (50, 100, 3)
    assert small.bboxes is not None
    np.testing.assert_allclose(small.bboxes[0, :4], [45, 10, 65, 30])


def test_a_very_long_image_costs_no_more_than_its_middle_and_keeps_what_lies_there(subtests: pytest.Subtests) -> None:
    for shape in [(1, 3000), (3000, 1)]:
        with subtests.test(shape=shape):
            ramp = np.linspace(0, 255, 3000).astype(np.uint8).reshape(shape)
            column = np.array([[1490, 0, 1510, 1, 0], [0, 0, 9, 1, 1]], np.float32)
            sample = Sample(
                np.repeat(ramp[:, :, None], 3, axis=2), ramp, column if shape[0] == 1 else column[:, [1, 0, 3, 2, 4]]
            )
            tracemalloc.start()
            squares = {name: make(sample, 224) for name, make in _OF_OURS.items()}
            whole = fitted(sample, Fit(792, 224))
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            assert peak < 20e6, peak
            for name, found in squares.items():
                assert found.shape == (224, 224, 3), name
                assert abs(int(found.max()) - 127) <= 1, name
                assert abs(int(found.min()) - 127) <= 1, name
            boxes = fit_square(sample, 224).bboxes
            assert boxes is not None
            assert boxes.tolist() == [[0, 0, 224, 224, 0]]
            np.testing.assert_array_equal(whole.image, sample.image)  # nothing is cut away before augmentation


def test_kept_images_keep_their_shape_and_their_targets(subtests: pytest.Subtests) -> None:
    for size, fit, expected in [
        ((321, 500), Fit(792, 224), (321, 500)),  # never larger than the image itself
        ((2000, 3000), Fit(792, 224), (792, 1188)),
        ((100, 150), Fit(792, 224), (224, 336)),  # too small for the network: enlarged to its input
        ((10, 100), Fit(792, 224), (90, 896)),
        ((200, 100_000), Fit(300, 224), (33, 16_384)),
        ((70, 70), square(32), (32, 32)),
    ]:
        with subtests.test(size=size, fit=fit, expected=expected):
            image, box = np.zeros((*size, 3), np.uint8), np.array([[0, 0, size[1], size[0], 1]], np.float32)
            kept = fitted(Sample(image, image[:, :, 0], box), fit)
            assert kept.size == fit.size(*size) == expected
            assert kept.bboxes is not None
            np.testing.assert_allclose(kept.bboxes, [[0, 0, expected[1], expected[0], 1]], rtol=1e-3)


_OF_OURS: dict[str, Callable[[Sample, int], NDArray[Any]]] = {
    "with its targets": lambda sample, size: fit_square(sample, size).image,
    "alone": lambda sample, size: square_of(sample.image, size),
}


def test_an_image_that_does_not_fit_into_the_memory_is_named() -> None:
    def load_one(index: int) -> Sample:
        raise (cv2.error("Insufficient memory"), MemoryError())[index]

    split = Split("train", np.zeros(2, np.int64), ("ants/huge.png", "bees/huge.png"), load_one, "sample {}".format)
    for index, name in enumerate(split.ids):
        with pytest.raises(ImageError, match=f"{name} is too large for the memory"):
            load(split, index, Fit(64, 64))

"""Other sizes of a sample: the targets move with the picture."""

import numpy as np
import pytest

from explorer.data.prepare import fit_square, shrink
from explorer.data.sample import Sample


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


@pytest.mark.parametrize("size", [32, 50, 100, 160])
def test_fit_square_moves_every_target_with_the_picture(sample: Sample, size: int) -> None:
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

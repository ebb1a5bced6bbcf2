"""A sample's parts fit together, or it says which do not."""

import numpy as np
import pytest

from explorer.data.sample import Sample, SampleError

IMAGE = np.zeros((20, 30, 3), np.uint8)


def test_parts_that_do_not_fit_are_named(subtests: pytest.Subtests) -> None:
    for parts, message in [
        ({"image": np.zeros((20, 30), np.uint8)}, "shape"),
        ({"image": IMAGE.astype(np.float32)}, "float32"),
        ({"image": np.zeros((0, 30, 3), np.uint8)}, "no pixels"),
        ({"image": IMAGE, "mask": np.zeros((10, 15), np.uint8)}, "mask is 15 × 10 px, but the image is 30 × 20 px"),
        ({"image": IMAGE, "mask": np.zeros((20, 30), np.int64)}, "int64"),
        ({"image": IMAGE, "bboxes": np.zeros((1, 4), np.float32)}, "x_min"),
        ({"image": IMAGE, "bboxes": np.array([[5, 5, 5, 9, 0]], np.float32)}, "no area"),
        ({"image": IMAGE, "keypoints": np.array([[np.nan, 1, 0]], np.float32)}, "ordinary numbers"),
    ]:
        with subtests.test(parts=parts, message=message), pytest.raises(SampleError, match=message):
            Sample(**parts)


def test_a_sample_with_everything_is_accepted() -> None:
    sample = Sample(
        IMAGE,
        np.zeros((20, 30), np.uint8),
        np.array([[1, 2, 3, 4, 0]], np.float32),
        np.zeros((2, 3), np.float32),
        1,
        "a",
    )
    assert sample.size == (20, 30)

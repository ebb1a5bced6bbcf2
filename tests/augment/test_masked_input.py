"""Masks stay in the place of their image at each size."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.augment.masked_input import letterboxed, letterboxed_mask, place
from explorer.data.fit import longest
from explorer.data.prepare import fitted
from explorer.data.sample import Sample
from explorer.training.predictions.mask_views import inside, likeliest


def center(cover: NDArray[Any]) -> NDArray[Any]:
    return np.array([(axis * cover).sum() / cover.sum() for axis in np.indices(cover.shape)])


@pytest.mark.parametrize(("height", "width", "size"), [(1024, 1024, 128), (720, 960, 224), (97, 61, 64)])
def test_disc_has_one_center_in_image_and_mask_and_in_the_mask_put_back(height: int, width: int, size: int) -> None:
    rows, columns = np.indices((height, width))
    disc = np.hypot(rows - height * 0.48, columns - width * 0.53) < min(height, width) * 0.2
    mask, image = disc.astype(np.uint8), np.repeat((disc * np.uint8(255))[..., None], 3, axis=2)
    kept = fitted(Sample(image, mask=mask), longest(size * 3 // 2))
    assert kept.mask is not None
    assert np.abs(center(kept.mask == 1) - center(kept.image[..., 0].astype(float))).max() < 0.2
    net = letterboxed_mask(mask, size)
    top, left, *inner = place(height, width, size)
    shown = inside(letterboxed(image, size), (inner[0], inner[1]))[..., 0]
    assert np.abs(center(net == 1) - center(shown.astype(float)) - (top, left)).max() < 0.2
    sure = np.stack([net != 1, net == 1], axis=2).astype(np.float32)
    back = likeliest(inside(sure, (inner[0], inner[1])), (height, width))
    assert np.abs(center(back == 1) - center(mask == 1)).max() < 0.2 * max(1.0, max(height, width) / size)

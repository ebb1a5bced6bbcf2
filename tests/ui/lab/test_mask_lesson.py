"""The lesson about masks: linear interpolation invents classes, and the nearest pixel does not."""

import albumentations as A
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.data.sample import Sample
from explorer.draw.mask_lesson import Interpolation
from explorer.draw.requests import TurnedMask
from explorer.ui.lab import lesson_runs
from explorer.ui.lab.mask_lesson import WAYS


@pytest.mark.parametrize("way", WAYS)
def test_classes_that_a_mask_never_had_are_counted(way: Interpolation) -> None:
    config = lesson_runs.config()
    split = config.dataset.open().train
    index = next(place for place in range(20) if 3 in np.unique(_mask(split.load(place))))
    found = next(TurnedMask(config, way, index, 3, ((255, 0, 0),)).draw())
    assert (found.share > 0) == (way == "INTER_LINEAR")
    assert set(found.invented) <= {"circle", "square"}
    # The same rule in a plain pipeline, turned by one fixed angle
    plain = A.Compose([A.Rotate((30, 30), p=1.0)], mask_interpolation=getattr(cv2, way))
    sample = split.load(index)
    turned = plain(image=sample.image, mask=sample.mask)["mask"]
    assert bool(set(np.unique(turned)) - {0, 3}) == (way == "INTER_LINEAR")


def _mask(sample: Sample) -> NDArray[np.uint8]:
    assert sample.mask is not None
    return sample.mask

"""How large images are kept for a pipeline: by the parameters of its steps, and by what its results show."""

from typing import Any

import numpy as np
import pytest

from explorer.augment.apply import augment
from explorer.augment.pipeline import Pipeline
from explorer.augment.resolution import fit, narrowest
from explorer.data.prepare import fitted
from explorer.data.sample import Sample

SIZE = 64


def _step(transform: str, p: float = 1.0, **params: Any) -> dict[str, Any]:
    return {"kind": "step", "id": f"n{transform}{len(params)}", "transform": transform, "p": p, "params": params}


def _pipeline(*nodes: dict[str, Any]) -> Pipeline:
    return Pipeline.model_validate({"nodes": nodes})


FLIP = _step("HorizontalFlip")
RESIZED = _step("RandomResizedCrop", size=[SIZE, SIZE])
EITHER = {"kind": "OneOf", "id": "g", "p": 1.0, "children": [FLIP, _step("Affine", scale=[0.5, 2.0])]}


@pytest.mark.parametrize(
    ("nodes", "most", "least"),
    [
        ([FLIP, _step("GaussianBlur")], 64, 64),
        ([_step("Affine", scale=[0.9, 1.2])], 64, 64),  # slightly enlarged: not worth more pixels
        ([RESIZED], 227, 64),  # 64 / sqrt(0.08)
        ([_step("RandomResizedCrop", size=[SIZE, SIZE], scale=[0.25, 1.0])], 128, 64),
        ([_step("RandomResizedCrop", p=0.0, size=[SIZE, SIZE])], 64, 64),
        ([RESIZED | {"enabled": False}], 64, 64),
        ([_step("Affine", scale={"x": [0.9, 1.1], "y": [1.0, 2.0]})], 128, 64),
        ([EITHER], 128, 64),
        ([_step("ShiftScaleRotate", scale_limit=[-0.5, 0.5])], 96, 64),
        ([_step("RandomCrop", height=100, width=80)], 100, 100),
        ([_step("CenterCrop", height=100, width=80, pad_if_needed=True)], 64, 64),
        ([_step("PadIfNeeded", min_height=100, min_width=100), _step("RandomCrop", height=100, width=80)], 64, 64),
        ([_step("Resize", height=128, width=128), _step("RandomCrop", height=64, width=64)], 128, 64),
        ([_step("RandomScale", scale_limit=[-0.5, 0.5]), _step("RandomCrop", height=64, width=64)], 128, 128),
        ([_step("RandomSizedCrop", min_max_height=[40, 90], size=[SIZE, SIZE])], 90, 90),
        ([_step("RandomCropFromBorders", crop_left=0.25, crop_right=0.25)], 128, 64),
        ([_step("CropAndPad", percent=[-0.25, 0.25])], 128, 64),
        ([_step("BBoxSafeRandomCrop")], 128, 64),
        ([_step("Crop", x_min=10, y_min=20, x_max=90, y_max=70)], 90, 90),
        (
            [_step("Affine", scale=[1.0, 2.0]), _step("RandomResizedCrop", size=[SIZE, SIZE], scale=[0.25, 1.0])],
            256,
            64,
        ),
        ([_step("RandomResizedCrop", size=[SIZE, SIZE], scale=[0.0001, 1.0])], 1024, 64),  # not beyond the bound
    ],
    ids=str,
)
def test_the_size_follows_from_the_parameters(nodes: list[dict[str, Any]], most: int, least: int) -> None:
    found = fit(_pipeline(*nodes), SIZE)
    assert (found.most, found.least, found.square) == (most, least, False)


@pytest.mark.parametrize(
    "node",
    [
        RESIZED,
        _step("Affine", scale=[1.0, 1.8]),
        _step("ShiftScaleRotate", scale_limit=[0.0, 0.8], rotate_limit=[0, 0], shift_limit=[0, 0]),
        _step("RandomCropFromBorders", crop_left=0.2, crop_right=0.2, crop_top=0.2, crop_bottom=0.2),
        _step("CropAndPad", percent=[-0.2, 0.0], sample_independently=False),
        _step("RandomSizedCrop", min_max_height=[64, 90], size=[SIZE, SIZE]),
    ],
    ids=lambda node: node["transform"],
)
def test_what_is_shown_of_an_image_has_as_many_pixels_as_the_network_sees(node: dict[str, Any]) -> None:
    """Measured on an image whose colors are its coordinates: the range of a result's colors is what it shows."""
    down, right = np.mgrid[0:600, 0:600] / 599 * 255
    image = np.stack([down, right, right], axis=2).astype(np.uint8)
    pipeline = _pipeline(node)
    kept = fitted(Sample(image), fit(pipeline, SIZE))
    shown = [
        np.prod([np.ptp(result[..., axis].astype(float)) / 255 * kept.size[axis] for axis in (0, 1)])
        for result in (augment(kept, pipeline, 0, 0, index).image for index in range(60))
    ]
    assert min(shown) > (0.9 * SIZE) ** 2
    assert min(shown) < (1.5 * SIZE) ** 2  # and not many more: they have to be kept


def test_a_crop_that_is_enlarged_much_is_named() -> None:
    crops = _pipeline(FLIP, RESIZED)
    found = narrowest(crops, [(300, 300), (90, 90)], SIZE)
    assert found is not None
    assert (found.transform, found.pixels) == ("RandomResizedCrop", 25)  # 90 px * sqrt(0.08)
    assert narrowest(crops, [(227, 300)], SIZE) is None
    assert narrowest(_pipeline(FLIP), [(10, 10)], SIZE) is None
    fixed = narrowest(_pipeline(_step("CenterCrop", height=20, width=30)), [(300, 300)], SIZE)
    assert fixed is not None
    assert (fixed.transform, fixed.pixels) == ("CenterCrop", 20)

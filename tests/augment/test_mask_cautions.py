"""Pipelines that blend the values of masks or show one class only are told apart from those that do not."""

from typing import Any

import numpy as np
import pytest

from explorer.augment.apply import AugmentError
from explorer.augment.mask_cautions import blending_words, filling_words, one_class
from explorer.augment.masked_input import training_pair
from explorer.augment.network_input import check_pipeline
from explorer.augment.pipeline import Pipeline
from explorer.data.mask_classes import MaskClasses
from explorer.data.sample import Sample

MASKS = MaskClasses(("background", "ball", "void"), 2)


def step(transform: str, number: int = 0, p: float = 1.0, **params: Any) -> dict[str, Any]:
    return {"kind": "step", "id": f"step{number}", "transform": transform, "p": p, "params": params}


def pipeline(*steps: dict[str, Any], **rules: Any) -> Pipeline:
    return Pipeline.model_validate({"nodes": steps, "targets": rules})


def sample() -> Sample:
    """A small ball in the corner of a large image, with a border that does not count."""
    mask = np.zeros((64, 64), np.uint8)
    mask[4:12, 4:12], mask[:2] = 1, 2
    return Sample(np.full((64, 64, 3), 90, np.uint8), mask=mask)


@pytest.mark.parametrize(
    ("steps", "rules", "named"),
    [
        ([step("Rotate", mask_interpolation=1), step("Affine", 1)], {}, ["Rotate"]),
        ([step("Rotate", mask_interpolation=1, p=0.0)], {}, []),
        ([step("Rotate", mask_interpolation=1)], {"mask_interpolation": "INTER_NEAREST"}, []),
        ([step("Rotate"), step("Resize", 1, height=9, width=9), step("GaussNoise", 2)],
         {"mask_interpolation": "INTER_LINEAR"}, ["Rotate", "Resize"]),
    ],
)  # fmt: skip
def test_steps_that_interpolate_masks_are_named(
    steps: list[dict[str, Any]], rules: dict[str, Any], named: list[str]
) -> None:
    said = blending_words(pipeline(*steps, **rules))
    assert said.partition(" interpolate")[0] == ", ".join(named)


def test_steps_that_teach_empty_corners_as_a_class_are_named() -> None:
    streets = MaskClasses(("sky", "road", "void"), 2)
    turns = pipeline(
        step("Rotate"), step("Affine", 1), step("HorizontalFlip", 2), step("RandomCrop", 3, height=9, width=9)
    )
    said = filling_words(turns, streets)
    assert said.startswith("Rotate, Affine fill what lies outside of the image with the mask value 0")
    assert "learned as sky. Set fill_mask to 255" in said
    assert filling_words(turns, MASKS) == ""  # a background is meant to be there
    for params in ({"fill_mask": 255}, {"fill_mask": 2}, {"border_mode": 4}, {"crop_border": True}):
        assert filling_words(pipeline(step("Rotate", **params)), streets) == "", params


def test_the_share_of_views_of_one_class_is_measured() -> None:
    crop = pipeline(step("CenterCrop", height=32, width=32))
    found = one_class([sample()] * 3, MASKS, crop, seed=0, size=32)
    assert (found.images, found.views, found.augmented, found.whole, found.alone) == (3, 12, 1.0, 0.0, "background")
    assert "100% of 12 views of training images show one class only, mostly background, against 0%" in found.words
    assert one_class([sample()], MASKS, pipeline(step("HorizontalFlip")), seed=0, size=32).words == ""


def test_a_pipeline_that_loses_the_mask_is_refused_before_the_training() -> None:
    check_pipeline(pipeline(step("HorizontalFlip")), [sample()], 0, 32, training_pair)
    with pytest.raises(AugmentError, match="leaves the mask out"):
        check_pipeline(pipeline(step("HorizontalFlip"), use_mask=False), [sample()], 0, 32, training_pair)

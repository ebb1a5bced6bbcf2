"""What the network sees, and what is refused before a training begins."""

from typing import Any

import albumentations as A
import cv2
import numpy as np
import pytest

from explorer.augment.apply import AugmentError, augment
from explorer.augment.network_input import check_pipeline, training_image, validation_image
from explorer.augment.pipeline import Pipeline
from explorer.data.formats.shapes import ShapesSpec
from explorer.data.prepare import fit_square
from explorer.data.sample import Sample

FLIP = ("HorizontalFlip", 0.5, {})
NORMALIZE = ("Normalize", 1.0, {})


def _pipeline(*steps: tuple[str, float, dict[str, Any]]) -> Pipeline:
    nodes = [
        {"kind": "step", "id": f"n{place}", "transform": name, "p": p, "params": params}
        for place, (name, p, params) in enumerate(steps)
    ]
    return Pipeline.model_validate({"nodes": nodes})


def _samples() -> list[Sample]:
    train = ShapesSpec().open().train
    return [train.load(index) for index in range(6)]


def test_pixels_are_those_of_augment() -> None:
    sample, pipeline = _samples()[0], _pipeline(FLIP, ("GaussNoise", 1.0, {}))
    expected = augment(sample, pipeline, 3, 2, 5).image
    np.testing.assert_array_equal(training_image(sample, pipeline, 3, 2, 5, 96), expected)
    smaller = cv2.resize(expected, (48, 48), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(training_image(sample, pipeline, 3, 2, 5, 48), smaller)


def test_what_is_not_square_gives_its_middle() -> None:
    sample, pipeline = _samples()[0], _pipeline(("Crop", 1.0, {"x_min": 0, "y_min": 0, "x_max": 80, "y_max": 40}))
    found = training_image(sample, pipeline, 0, 0, 0, 40)
    np.testing.assert_array_equal(found, sample.image[:40, 20:60])


def test_normalize_at_the_end_is_applied_last_in_training_and_in_validation() -> None:
    sample = _samples()[0]
    plain = A.Normalize(p=1.0)
    trained = training_image(sample, _pipeline(FLIP, NORMALIZE), 3, 2, 5, 48)
    pixels = training_image(sample, _pipeline(FLIP), 3, 2, 5, 48)
    assert trained.dtype == np.float32
    np.testing.assert_array_equal(trained, plain(image=pixels)["image"])
    validated = validation_image(sample, _pipeline(FLIP, NORMALIZE))
    np.testing.assert_array_equal(validated, plain(image=sample.image)["image"])
    np.testing.assert_array_equal(validation_image(sample, _pipeline(FLIP)), sample.image)


@pytest.mark.parametrize(
    ("steps", "transform", "words"),
    [
        ([FLIP, ("RandomScale", 0.5, {})], "RandomScale", "come out in different sizes, such as"),
        (
            [("RandomRotate90", 1.0, {}), ("SmallestMaxSize", 0.5, {"max_size": 48})],
            "SmallestMaxSize",
            "undoes this step",
        ),
        ([("RandomCrop", 1.0, {"height": 128, "width": 128})], "RandomCrop", "exceeds image dimensions"),
        ([("RandomCrop", 0.01, {"height": 128, "width": 128})], "RandomCrop", "exceeds image dimensions"),
        ([NORMALIZE, FLIP], "Normalize", "put it last with p = 1"),
        ([("Normalize", 0.5, {})], "Normalize", "put it last with p = 1"),
        ([("ToGray", 1.0, {"num_output_channels": 1})], "ToGray", "needs images of 3 channels"),
    ],
    ids=str,
)
def test_the_step_that_would_break_the_training_is_named(steps: Any, transform: str, words: str) -> None:
    with pytest.raises(AugmentError) as error:
        check_pipeline(_pipeline(*steps), _samples(), 0, 96)
    assert error.value.transform == transform
    assert words in error.value.reason


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [FLIP, NORMALIZE],
        [("RandomScale", 0.5, {}), ("Resize", 1.0, {"height": 64, "width": 64})],
        [("RandomCrop", 1.0, {"height": 64, "width": 48})],
        [("RandomCrop", 0.3, {"height": 64, "width": 64})],
        [("RandomCropFromBorders", 1.0, {}), ("RandomRotate90", 1.0, {})],
    ],
    ids=str,
)
def test_what_works_passes_for_whole_images_of_any_shape(steps: Any) -> None:
    """A crop or a turn of chance is still seen in the square that is made of its result."""
    pipeline = _pipeline(*steps)
    samples = [
        Sample(np.ascontiguousarray(sample.image[:, : 96 - 8 * place])) for place, sample in enumerate(_samples()[:4])
    ]
    check_pipeline(pipeline, samples, 0, 96)
    for place, sample in enumerate(samples):
        found = training_image(sample, pipeline, 3, 2, place, 48)
        expected = fit_square(
            Sample(augment(sample, _pipeline(*[s for s in steps if s != NORMALIZE]), 3, 2, place).image), 48
        )
        if NORMALIZE not in steps:
            np.testing.assert_array_equal(found, expected.image)

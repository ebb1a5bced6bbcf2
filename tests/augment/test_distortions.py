"""The distortions of an immunity map: rising strength, the same draws at each, and distortions of other steps."""

import numpy as np
import pytest

from explorer.augment.apply import augment
from explorer.augment.distortions import STRENGTHS, Distortion, distortions, distorts, of_step, own_parameters
from explorer.data.sample import Sample


def change(distortion: Distortion, photograph: Sample) -> list[float]:
    """The mean change of pixels at each strength."""
    square = Sample(photograph.image[:192, :192])
    before = square.image.astype(float)
    after = (augment(square, pipeline, 0, 0, 3).image for pipeline in distortion.strengths)
    return [float(np.abs(image.astype(float) - before).mean()) for image in after]


@pytest.mark.parametrize("distortion", distortions(), ids=lambda one: one.name)
def test_each_distortion_changes_more_with_each_strength(distortion: Distortion, photograph: Sample) -> None:
    changes = change(distortion, photograph)
    assert changes[0] > 0
    if distortion.name not in ("rotation", "scale"):  # pixels that have moved differ about as much from any others
        assert changes == sorted(changes)
    assert len(set(distortion.amounts)) == STRENGTHS


def test_strengths_share_their_draws_and_images_do_not() -> None:
    noise = next(one for one in distortions() if one.name == "noise")
    gray = Sample(np.full((32, 32, 3), 128, np.uint8))
    weak, strong = (augment(gray, noise.strengths[at], 0, 0, 3).image.astype(float) - 128 for at in (0, 1))
    other = augment(gray, noise.strengths[0], 0, 0, 4).image.astype(float) - 128
    assert np.corrcoef(weak.ravel(), strong.ravel())[0, 1] > 0.99
    assert abs(np.corrcoef(weak.ravel(), other.ravel())[0, 1]) < 0.1


def test_any_step_can_be_a_distortion_whose_range_grows_from_its_weak_end(photograph: Sample) -> None:
    hue = of_step("ColorJitter", "hue")
    assert [step.params["hue"] for step in hue.steps] == [[each, each] for each in (0.1, 0.2, 0.3, 0.4, 0.5)], (
        "a slider with both signs begins at 0"
    )
    assert hue.steps[0].params["brightness"] == [1.0, 1.0], "the rest of the step does nothing"
    falling = of_step("Posterize", "num_bits", falling=True)
    bits = [step.params["num_bits"][0] for step in falling.steps]
    assert bits == sorted(bits, reverse=True)
    assert change(falling, photograph)[0] < change(falling, photograph)[-1]


def test_steps_without_anything_that_grows_are_no_distortions() -> None:
    assert not distorts("HorizontalFlip")
    assert not distorts("HistogramMatching"), "it needs other images"
    assert [one.name for one in own_parameters("Crop")] == ["x_max", "y_max"], "others do not fit to the rest"
    with pytest.raises(ValueError, match="no parameter wrong"):
        of_step("Blur", "wrong")

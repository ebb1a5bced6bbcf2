"""Steps that need more than the sample do what plain albumentations does with the same things handed over."""

from dataclasses import replace
from typing import Any

import albumentations as A
import numpy as np
import pytest

from explorer.augment.apply import AugmentError, augment
from explorer.augment.catalog import catalog
from explorer.augment.extras import EXTRAS, LARGEST_BOX
from explorer.augment.pipeline import Draft, DraftErrors, Group, Pipeline, Step, validate
from explorer.data import fonts, references
from explorer.data.sample import Sample
from tests.augment.samples import acceptable, plain, same


def single(name: str, **params: Any) -> Pipeline:
    return Pipeline(nodes=(Step(id="a", transform=name, p=1.0, params={**catalog()[name].starts, **params}),))


@pytest.mark.parametrize("name", ["FDA", "HistogramMatching", "PixelDistributionAdaptation"])
def test_reference_pictures_give_the_pixels_of_plain_albumentations(name: str, photograph: Sample) -> None:
    names = ["photograph/coffee", "photograph/flower"]
    pictures = [references.load(each).image for each in names]
    for index in range(4):
        step = getattr(A, name)(metadata_key="mine", p=1.0)
        pipeline = single(name, references=names)
        theirs = plain(photograph, [step], pipeline, (0, 0, index), mine=pictures)
        same(augment(photograph, pipeline, 0, 0, index), theirs)


def test_two_steps_with_references_keep_theirs_apart(photograph: Sample) -> None:
    first = Step(id="a", transform="HistogramMatching", p=1.0, params={"references": ["photograph/coffee"]})
    second = Step(id="b", transform="HistogramMatching", p=1.0, params={"references": ["photograph/flower"]})
    steps = [A.HistogramMatching(metadata_key="one", p=1.0), A.HistogramMatching(metadata_key="two", p=1.0)]
    one, two = ([references.load(name).image] for name in ("photograph/coffee", "photograph/flower"))
    pipeline = Pipeline(nodes=(first, second))
    same(augment(photograph, pipeline, 0), plain(photograph, steps, pipeline, (0, 0, 0), one=one, two=two))


def test_overlays_are_laid_over_and_written_into_the_mask(photograph: Sample) -> None:
    sample = acceptable(photograph, "OverlayElements")
    mask = sample.mask.copy()  # type: ignore[union-attr]
    result = augment(sample, single("OverlayElements", overlays=["shape/star"], overlay_size=0.4, mask_class=9), 0)
    changed = (result.image != sample.image).any(axis=2)
    assert 0.01 < changed.mean() < 0.2
    assert (result.mask == 9).sum() > 100  # type: ignore[union-attr]
    assert not (changed & (result.mask != 9)).any()  # type: ignore[operator]
    np.testing.assert_array_equal(sample.mask, mask)  # albumentations writes into the mask that it is given


def test_overlays_with_boxes_say_what_to_do(photograph: Sample) -> None:
    with pytest.raises(AugmentError, match="Turn these targets off"):
        augment(photograph, single("OverlayElements"), 0)


def test_a_mosaic_carries_the_targets_of_all_its_tiles(photograph: Sample) -> None:
    result = augment(photograph, single("Mosaic"), 0)
    assert result.image.shape == (512, 512, 3)
    assert result.mask is not None
    assert result.bboxes is not None
    assert result.mask.shape == (512, 512)
    names = ["photograph/coffee", "photograph/chelsea", "photograph/flower"]
    tiles = [references.load(name) for name in names]
    given = [{"image": t.image, "mask": t.mask, "bboxes": t.bboxes, "keypoints": t.keypoints} for t in tiles]
    same(result, plain(photograph, [A.Mosaic(metadata_key="mine", p=1.0)], single("Mosaic"), (0, 0, 0), mine=given))


def test_text_is_written_with_the_font_into_the_box(photograph: Sample) -> None:
    box = [0.2, 0.4, 0.8, 0.6]
    result = augment(photograph, single("TextImage", text="hello world", text_box=box, font_color=[255.0, 0.0, 0.0]), 0)
    changed = (result.image != photograph.image).any(axis=2)
    height, width = photograph.size
    rows, columns = np.nonzero(changed)
    assert 0.35 < rows.min() / height < rows.max() / height < 0.65
    assert columns.min() / width > 0.15
    transform = A.TextImage(str(fonts.path(fonts.BUILT_IN)), font_color=(255.0, 0.0, 0.0), metadata_key="mine", p=1.0)
    given = [{"text": "hello world", "bbox": tuple(box)}]
    same(result, plain(photograph, [transform], single("TextImage"), (0, 0, 0), mine=given))


def test_a_crop_near_a_box_uses_the_fractions_or_the_largest_box(photograph: Sample) -> None:
    height, width = photograph.size
    step = A.RandomCropNearBBox(max_part_shift=(0, 0.3), cropping_bbox_key="mine", p=1.0)
    inside = (round(0.25 * width), round(0.25 * height), round(0.75 * width), round(0.75 * height))
    pipeline = single("RandomCropNearBBox")
    same(augment(photograph, pipeline, 0), plain(photograph, [step], pipeline, (0, 0, 0), mine=inside))
    boxes = photograph.bboxes
    assert boxes is not None
    largest = boxes[np.argmax((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])), :4]
    exactly = single("RandomCropNearBBox", box=LARGEST_BOX, max_part_shift=[0.0, 0.0])
    cropped = augment(photograph, exactly, 0)
    expected = (round(largest[3]) - round(largest[1]), round(largest[2]) - round(largest[0]))
    assert cropped.image.shape[:2] == expected
    with pytest.raises(AugmentError, match="has no boxes"):
        augment(replace(photograph, bboxes=None), exactly, 0)


@pytest.mark.parametrize(
    ("name", "field", "value", "words"),
    [
        ("FDA", "references", [], "choose 1 to 16"),
        ("FDA", "references", "photograph/coffee", "must be a list"),
        ("FDA", "references", ["photograph/nobody"], "nobody"),
        ("FDA", "references", ["../../etc/passwd"], "references"),
        ("FDA", "references", ["upload/" + "0" * 24], "references"),
        ("TextImage", "font", "/etc/passwd", "font"),
        ("TextImage", "text", " ", "text of 1 to"),
        ("TextImage", "text_box", [0.9, 0, 0.1, 1], "left before right"),
        ("RandomCropNearBBox", "box", [0, 0, 1], "fractions"),
        ("RandomCropNearBBox", "box", "smallest box", "fractions"),
        ("OverlayElements", "overlay_size", 7, "from 0.02 to 1"),
        ("OverlayElements", "mask_class", 300, "from 0 to 255"),
        ("FDA", "metadata_key", "x", "not accepted"),
        ("FDA", "read_fn", "os.system", "not accepted"),
        ("TextImage", "font_path", "/etc/passwd", "not accepted"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(name: str, field: str, value: Any, words: str) -> None:
    step = Step(id="a", transform=name, params={**catalog()[name].starts, field: value})
    with pytest.raises(DraftErrors) as caught:
        validate(Draft(nodes=(step,)))
    assert words in caught.value.errors["a", field]


def test_a_step_that_needs_more_than_channels_cannot_be_among_them() -> None:
    step = Step(id="a", transform="FDA", params=dict(catalog()["FDA"].starts))
    group = Group(kind="SelectiveChannelTransform", id="g", children=(step,))
    with pytest.raises(DraftErrors, match="Move the step out"):
        validate(Draft(nodes=(group,)))


def test_every_extra_belongs_to_a_transform_of_the_catalog() -> None:
    assert set(EXTRAS) <= set(catalog())

"""The rules of targets do what `BboxParams`, `KeypointParams` and `mask_interpolation` do in plain albumentations."""

from dataclasses import replace
from typing import Any, get_args

import albumentations as A
import cv2
import numpy as np
import pytest

from explorer.augment.apply import AugmentError, augment
from explorer.augment.draws.measure import measure
from explorer.augment.pipeline import Pipeline, Step
from explorer.augment.streams import random_state
from explorer.augment.targets import BoxRules, PointRules, TargetRules
from explorer.augment.trace import trace
from explorer.data.annotations import BoxFormat
from explorer.data.sample import Sample

AFFINE = Step(id="a", transform="Affine", p=1.0, params={"rotate": [20.0, 20.0], "scale": [1.6, 1.6]})


def plain(sample: Sample, bbox_params: Any, keypoint_params: Any, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    compose = A.Compose(
        [A.Affine(rotate=(20, 20), scale=(1.6, 1.6), p=1.0)],
        bbox_params=bbox_params,
        keypoint_params=keypoint_params,
        **more,
    )
    compose.set_random_state(*random_state(0, 0, 0))
    return compose(image=sample.image, **data)


def to_format(boxes: np.ndarray, name: str, sample: Sample) -> np.ndarray:
    """Written out here, not with the code under test."""
    height, width = sample.size
    left, top, right, bottom, label = boxes.T
    columns = {
        "pascal_voc": (left, top, right, bottom),
        "coco": (left, top, right - left, bottom - top),
        "albumentations": (left / width, top / height, right / width, bottom / height),
        "yolo": (
            (left + right) / 2 / width, (top + bottom) / 2 / height, (right - left) / width, (bottom - top) / height,
        ),
    }[name]  # fmt: skip
    return np.stack([*columns, label], axis=1)


@pytest.mark.parametrize("name", ["pascal_voc", "coco", "albumentations", "yolo"])
def test_every_box_format_keeps_the_boxes_of_plain_albumentations(name: Any, photograph: Sample) -> None:
    assert photograph.bboxes is not None
    theirs = plain(
        photograph, A.BboxParams(name, clip=True), None, {"bboxes": to_format(photograph.bboxes, name, photograph)}
    )
    pipeline = Pipeline(nodes=(AFFINE,), targets=TargetRules(boxes=BoxRules(format=name)))
    ours = augment(replace(photograph, keypoints=None), pipeline, 0)
    assert ours.bboxes is not None
    np.testing.assert_allclose(
        to_format(ours.bboxes, name, Sample(np.ascontiguousarray(ours.image))), theirs["bboxes"], atol=0.02
    )


@pytest.mark.parametrize("name", ["xy", "yx", "xya", "xys", "xyas", "xysa"])
def test_every_keypoint_format_keeps_the_points_of_plain_albumentations(name: Any, photograph: Sample) -> None:
    assert photograph.keypoints is not None
    given = {"x": photograph.keypoints[:, 0], "y": photograph.keypoints[:, 1]}
    given |= {"a": np.zeros(len(photograph.keypoints)), "s": np.ones(len(photograph.keypoints))}
    table = np.stack([*(given[letter] for letter in name), photograph.keypoints[:, 2]], axis=1)
    theirs = plain(photograph, None, A.KeypointParams(name), {"keypoints": table})["keypoints"]
    ours = augment(
        replace(photograph, bboxes=None),
        Pipeline(nodes=(AFFINE,), targets=TargetRules(keypoints=PointRules(format=name))),
        0,
    )
    np.testing.assert_allclose(ours.keypoints, theirs[:, [name.index("x"), name.index("y"), -1]], atol=1e-3)


@pytest.mark.parametrize(
    "rules",
    [
        {"min_area": 20000.0},
        {"min_visibility": 0.7},
        {"min_width": 110.0},
        {"min_height": 110.0},
        {"max_accept_ratio": 1.3},
        {"min_visibility": 0.5, "check_each_transform": False},
    ],
)
def test_every_rule_drops_the_boxes_that_plain_albumentations_drops(rules: dict[str, Any], photograph: Sample) -> None:
    theirs = plain(photograph, A.BboxParams("pascal_voc", clip=True, **rules), None, {"bboxes": photograph.bboxes})
    ours = augment(photograph, Pipeline(nodes=(AFFINE,), targets=TargetRules(boxes=BoxRules(**rules))), 0)
    usual = augment(photograph, Pipeline(nodes=(AFFINE,)), 0)
    np.testing.assert_array_equal(ours.bboxes, np.reshape(theirs["bboxes"], (-1, 5)).astype(np.float32))
    assert len(ours.bboxes) < len(usual.bboxes)  # type: ignore[arg-type]


def test_keypoints_outside_are_kept_where_the_rules_say_so(photograph: Sample) -> None:
    kept = TargetRules(keypoints=PointRules(remove_invisible=False))
    crop = Step(id="c", transform="Crop", p=1.0, params={"x_max": 40, "y_max": 40})
    assert len(augment(photograph, Pipeline(nodes=(crop,), targets=kept), 0).keypoints) == len(photograph.keypoints)  # type: ignore[arg-type]
    assert len(augment(photograph, Pipeline(nodes=(crop,)), 0).keypoints) == 0  # type: ignore[arg-type]


def test_linear_interpolation_of_a_mask_invents_classes_as_in_plain_albumentations(photograph: Sample) -> None:
    theirs = plain(
        photograph, None, None, {"mask": photograph.mask}, mask_interpolation=cv2.INTER_LINEAR
    )["mask"]  # fmt: skip
    linear = TargetRules(mask_interpolation="INTER_LINEAR")
    ours = augment(photograph, Pipeline(nodes=(AFFINE,), targets=linear), 0)
    np.testing.assert_array_equal(ours.mask, theirs)
    assert not np.array_equal(ours.mask, augment(photograph, Pipeline(nodes=(AFFINE,)), 0).mask)


def test_targets_that_are_not_used_do_not_reach_the_pipeline(photograph: Sample) -> None:
    none = TargetRules(use_mask=False, boxes=BoxRules(use=False), keypoints=PointRules(use=False))
    result = augment(photograph, Pipeline(nodes=(AFFINE,), targets=none), 0)
    assert result.mask is None
    assert result.bboxes is None
    assert result.keypoints is None


def outside(sample: Sample) -> Sample:
    boxes = np.array([[-20, 10, 60, 90, 0], [20, 20, 80, 80, 1]], np.float32)
    return replace(sample, bboxes=boxes)


def test_a_box_that_reaches_outside_is_cut_or_told(photograph: Sample) -> None:
    flip = (Step(id="f", transform="HorizontalFlip", p=1.0),)
    cut = augment(outside(photograph), Pipeline(nodes=flip), 0)
    assert cut.bboxes is not None
    assert cut.bboxes[0, 2] == photograph.size[1]
    strict = TargetRules(boxes=BoxRules(clip=False))
    with pytest.raises(AugmentError, match="to be in the range") as caught:
        augment(outside(photograph), Pipeline(nodes=flip, targets=strict), 0)
    assert caught.value.node_id == ""
    dropping = TargetRules(boxes=BoxRules(clip=False, filter_invalid_bboxes=True))
    kept = augment(outside(photograph), Pipeline(nodes=flip, targets=dropping), 0)
    assert kept.bboxes is not None


def test_the_rules_are_part_of_what_a_pipeline_is() -> None:
    other = Pipeline(nodes=(AFFINE,), targets=TargetRules(mask_interpolation="INTER_CUBIC"))
    assert other.key != Pipeline(nodes=(AFFINE,)).key


def test_a_box_that_was_cut_away_is_gone_in_every_format_and_counted_as_lost() -> None:
    mask = np.zeros((100, 100), np.uint8)
    mask[95:, 95:] = 1
    corner = Sample(np.zeros((100, 100, 3), np.uint8), mask, np.array([[95, 95, 100, 100, 0]], np.float32))
    for transform, params in (
        ("RandomCropFromBorders", {}),
        ("RandomCrop", {"height": 80, "width": 80}),
        ("CropAndPad", {"percent": [-0.2, 0.2], "keep_size": False}),
    ):
        for name in get_args(BoxFormat):
            step = Step(id="c", transform=transform, p=1.0, params=params)  # type: ignore[arg-type]
            pipeline = Pipeline(nodes=(step,), targets=TargetRules(boxes=BoxRules(format=name)))
            lost = 0
            for index in range(60):
                case = f"{transform}, {name}, sample {index}"
                traced = trace(corner, pipeline, 0, 0, index)
                boxes, after, left = traced.result.bboxes, traced.entries[0].after, traced.result.mask
                assert boxes is not None and after is not None and left is not None, case  # noqa: PT018
                # The mask marks the pixels of the box, so it tells independently whether any of it is left.
                assert len(boxes) == len(after.bboxes) == int(left.any()), case  # type: ignore[arg-type]
                assert (boxes[:, 2:4] - boxes[:, :2] > 0.9).all(), case
                lost += 1 - len(boxes)
            assert 0 < lost < 60
            tally = measure([corner], pipeline, 0, range(60), 60)
            assert sum(tally["boxes"]["after"].values()) == 60 - lost
            assert tally["steps"]["c"]["boxes_lost"] == lost


def test_a_rotation_does_not_bring_back_a_box_that_a_crop_has_cut_to_a_line() -> None:
    left = Sample(np.zeros((100, 100, 3), np.uint8), bboxes=np.array([[0, 0, 10, 50, 0]], np.float32))
    crop = Step(id="c", transform="Crop", p=1.0, params={"x_min": 10, "y_min": 0, "x_max": 100, "y_max": 100})
    turn = Step(id="r", transform="Rotate", p=1.0, params={"limit": [45.0, 45.0]})
    assert len(augment(left, Pipeline(nodes=(crop, turn)), 0).bboxes) == 0  # type: ignore[arg-type]

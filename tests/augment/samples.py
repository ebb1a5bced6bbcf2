"""Samples that a transform accepts, and what albumentations alone makes of them."""

from dataclasses import replace
from typing import Any

import albumentations as A
import numpy as np

from explorer.augment.apply import AugmentedSample
from explorer.augment.catalog import catalog
from explorer.augment.pipeline import Pipeline, made_ids
from explorer.augment.streams import begin_sample, give_streams, random_state
from explorer.augment.targets import TargetRules
from explorer.data.prepare import shrink
from explorer.data.sample import Sample

SLOW = {"PiecewiseAffine"}  # a second for each photograph of 288 px


def acceptable(sample: Sample, transform: str) -> Sample:
    """The sample without the targets with which albumentations raises; a small one where the transform is slow."""
    refused = catalog()[transform].refuses
    sample = shrink(sample, 64) if transform in SLOW else sample
    return replace(
        sample,
        bboxes=None if "bboxes" in refused else sample.bboxes,
        keypoints=None if "keypoints" in refused else sample.keypoints,
    )


def call_of(sample: Sample, rules: TargetRules) -> dict[str, Any]:
    """The targets of a sample as an `A.Compose` with these rules is called with them."""
    call: dict[str, Any] = {"image": sample.image}
    if sample.mask is not None:
        call["mask"] = sample.mask
    if sample.bboxes is not None:
        call["bboxes"] = rules.give_boxes(sample.bboxes, sample.size)
    if sample.keypoints is not None:
        call["keypoints"] = rules.give_points(sample.keypoints)
    return call


def begin(compose: A.Compose, pipeline: Pipeline, place: tuple[int, int, int]) -> None:
    """Give a compose of the same nodes the random state that the pipeline has for a sample."""
    if pipeline.streams == 1:
        compose.set_random_state(*random_state(*place))
    else:
        begin_sample(give_streams(compose, made_ids(pipeline.nodes)), *place)


def plain(
    sample: Sample, steps: list[Any], pipeline: Pipeline, place: tuple[int, int, int], **handed_over: Any
) -> dict[str, Any]:
    """What albumentations alone makes of the steps of a pipeline. handed_over: what they need, under their own keys."""
    compose = A.Compose(
        steps,
        bbox_params=A.BboxParams(format="pascal_voc", clip=True) if sample.bboxes is not None else None,
        keypoint_params=A.KeypointParams(format="xy") if sample.keypoints is not None else None,
    )
    begin(compose, pipeline, place)
    targets = {"image": sample.image, "mask": sample.mask, "bboxes": sample.bboxes, "keypoints": sample.keypoints}
    given = {name: np.copy(value) for name, value in targets.items() if value is not None}
    result: dict[str, Any] = compose(**given, **handed_over)
    return result


def same(ours: AugmentedSample, theirs: dict[str, Any]) -> None:
    np.testing.assert_array_equal(ours.image, theirs["image"])
    np.testing.assert_array_equal(ours.mask, theirs["mask"])
    if ours.bboxes is not None:
        np.testing.assert_array_equal(ours.bboxes, np.reshape(theirs["bboxes"], (-1, 5)).astype(np.float32))
    if ours.keypoints is not None:
        np.testing.assert_array_equal(ours.keypoints, np.reshape(theirs["keypoints"], (-1, 3)).astype(np.float32))

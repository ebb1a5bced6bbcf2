"""Samples that a transform accepts."""

from dataclasses import replace
from typing import Any

from explorer.augment.catalog import catalog
from explorer.augment.targets import TargetRules
from explorer.data.sample import Sample


def acceptable(sample: Sample, transform: str) -> Sample:
    """The sample without the targets with which albumentations raises."""
    refused = catalog()[transform].refuses
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

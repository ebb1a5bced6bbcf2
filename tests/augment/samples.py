"""Samples that a transform accepts."""

from dataclasses import replace

from explorer.augment.catalog import catalog
from explorer.data.sample import Sample


def acceptable(sample: Sample, transform: str) -> Sample:
    """The sample without the targets with which albumentations raises."""
    refused = catalog()[transform].refuses
    return replace(
        sample,
        bboxes=None if "bboxes" in refused else sample.bboxes,
        keypoints=None if "keypoints" in refused else sample.keypoints,
    )

"""Every transform of the catalog does what plain albumentations does, wherever it is applied, read back or traced."""

import random

import albumentations as A
import cv2
import numpy as np
import pytest

from explorer.augment import exchange
from explorer.augment.apply import AugmentedSample, augment
from explorer.augment.catalog import arguments, catalog
from explorer.augment.edits import add, set_p
from explorer.augment.extras import EXTRAS
from explorer.augment.pipeline import Draft, Pipeline, Step, validate
from explorer.augment.trace import Status, describe, trace
from explorer.data.sample import Sample
from tests.augment.samples import acceptable, plain, same

NEUTRAL = {"NoOp", "ToRGB", "FromFloat", "ToFloat", "Normalize"}  # a photograph of bytes stays as it is shown
STATE = (3, 1, 7)  # seed, epoch, index


def behind_a_flip(name: str) -> tuple[Pipeline, Step]:
    """A pipeline that flips and then applies this transform, both always."""
    draft, flip = add(Draft(name="개미"), "HorizontalFlip", None)
    draft, own = add(draft, name, None)
    draft = set_p(set_p(draft, flip, 1.0), own, 1.0)
    pipeline = validate(draft)
    assert pipeline.nodes == draft.nodes
    step = pipeline.nodes[1]
    assert isinstance(step, Step)
    return pipeline, step


def read_back(pipeline: Pipeline) -> Pipeline:
    """The pipeline, once it was written and read in each form that keeps everything."""
    for form in ("JSON", "YAML"):
        (found,) = exchange.read(exchange.FORMS[form].write(pipeline, True, True), "")
        assert found.unknowns == ()
        assert validate(found.draft) == pipeline, form
    return validate(found.draft)


def check_plain(ours: AugmentedSample, sample: Sample, pipeline: Pipeline, step: Step) -> None:
    """It gives the pixels and targets of an `A.Compose` of the same two."""
    transform = getattr(A, step.transform)(**arguments(step.params), p=1.0)
    same(ours, plain(sample, [A.HorizontalFlip(p=1.0), transform], pipeline, STATE))


def check_trace(ours: AugmentedSample, sample: Sample, pipeline: Pipeline) -> None:
    """A trace gives the same, and no step writes into what it was given: what is kept of a step is not copied."""
    traced = trace(sample, pipeline, *STATE)
    flip, own = traced.entries
    for entry in (flip, own):
        assert entry.status is Status.APPLIED
        assert entry.milliseconds > 0
        assert entry.before is not None
        assert entry.after is not None
    np.testing.assert_array_equal(flip.before.image, sample.image)
    np.testing.assert_array_equal(flip.after.image, sample.image[:, ::-1])
    np.testing.assert_array_equal(flip.after.mask, sample.mask[:, ::-1])
    np.testing.assert_array_equal(own.before.image, sample.image[:, ::-1])
    for target in ("image", "mask", "bboxes", "keypoints"):
        np.testing.assert_array_equal(getattr(traced.result, target), getattr(ours, target))
        np.testing.assert_array_equal(getattr(own.after, target), getattr(ours, target))


def changes(ours: AugmentedSample, sample: Sample, pipeline: Pipeline) -> bool:
    """Whether the transform changes the pixels in this draw or in one of eight more."""
    flipped = sample.image[:, ::-1]
    further = (augment(sample, pipeline, 0, 0, index).image for index in range(8))
    return not np.array_equal(ours.image, flipped) or any(not np.array_equal(image, flipped) for image in further)


def test_every_transform(photograph: Sample, subtests: pytest.Subtests) -> None:
    assert photograph.mask is not None
    image, mask = photograph.image.copy(), photograph.mask.copy()
    for name, offered in catalog().items():
        with subtests.test(name):
            sample = acceptable(photograph, name)
            pipeline, step = behind_a_flip(name)
            # Whatever the global generators hold, ours must not look at them.
            random.seed(11)
            np.random.seed(11)
            cv2.setRNGSeed(11)
            ours = augment(sample, read_back(pipeline), *STATE)
            assert [drawn.node_id for drawn in ours.drawn] == [node.id for node in pipeline.nodes]
            assert all(describe(drawn.params) is not None for drawn in ours.drawn)
            for target in ("image", "mask", "bboxes", "keypoints"):
                assert (getattr(ours, target) is None) == (target in offered.refuses), target
            if name not in EXTRAS:  # those need more than a sample: test_extras.py
                check_plain(ours, sample, pipeline, step)
            check_trace(ours, sample, pipeline)
            assert changes(ours, sample, pipeline) or name in NEUTRAL
            np.testing.assert_array_equal(photograph.image, image)
            np.testing.assert_array_equal(photograph.mask, mask)

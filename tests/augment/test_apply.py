"""`augment` gives what plain albumentations gives, from its arguments and nothing else."""

import random
import threading
from typing import Any

import albumentations as A
import cv2
import numpy as np
import pytest

from explorer.augment.apply import AugmentedSample, AugmentError, augment, random_state
from explorer.augment.catalog import arguments, catalog
from explorer.augment.describe import describe
from explorer.augment.edits import add, set_p, set_param
from explorer.augment.extras import EXTRAS
from explorer.augment.pipeline import Draft, Group, Pipeline, Step, validate
from explorer.augment.targets import BoxRules, TargetRules
from explorer.data.sample import Sample
from tests.augment.samples import acceptable


def single(name: str, p: float = 1.0, **params: Any) -> Pipeline:
    draft, step = add(Draft(), name, None)
    for key, value in params.items():
        draft = set_param(draft, step, key, value)
    return validate(set_p(draft, step, p))


def plain(sample: Sample, steps: list[Any], state: tuple[int, int, int], **handed_over: Any) -> dict[str, Any]:
    """The same with albumentations alone. handed_over: what steps need with the call, under keys of its own."""
    compose = A.Compose(
        steps,
        bbox_params=A.BboxParams(format="pascal_voc", clip=True) if sample.bboxes is not None else None,
        keypoint_params=A.KeypointParams(format="xy") if sample.keypoints is not None else None,
    )
    compose.set_random_state(*random_state(*state))
    targets = {"image": sample.image, "mask": sample.mask, "bboxes": sample.bboxes, "keypoints": sample.keypoints}
    return compose(**{name: np.copy(value) for name, value in targets.items() if value is not None}, **handed_over)


def same(ours: AugmentedSample, theirs: dict[str, Any]) -> None:
    np.testing.assert_array_equal(ours.image, theirs["image"])
    np.testing.assert_array_equal(ours.mask, theirs["mask"])
    if ours.bboxes is not None:
        np.testing.assert_array_equal(ours.bboxes, np.reshape(theirs["bboxes"], (-1, 5)).astype(np.float32))
    if ours.keypoints is not None:
        np.testing.assert_array_equal(ours.keypoints, np.reshape(theirs["keypoints"], (-1, 3)).astype(np.float32))


@pytest.mark.parametrize("name", [name for name in catalog() if name not in EXTRAS])
def test_every_transform_gives_the_pixels_of_plain_albumentations(name: str, photograph: Sample) -> None:
    pipeline = single(name)
    step = pipeline.nodes[0]
    assert isinstance(step, Step)
    transform = getattr(A, name)(**arguments(step.params), p=1.0)
    theirs = plain(photograph, [transform], (3, 1, 7))
    # Whatever the global generators hold, ours must not look at them.
    random.seed(11)
    np.random.seed(11)
    cv2.setRNGSeed(11)
    ours = augment(photograph, pipeline, seed=3, epoch=1, index=7)
    same(ours, theirs)
    assert [drawn.node_id for drawn in ours.drawn] == [step.id]
    assert all(describe(drawn.params) is not None for drawn in ours.drawn)


@pytest.mark.parametrize("name", list(catalog()))
def test_every_transform_does_something_to_a_photograph_in_some_draw(name: str, photograph: Sample) -> None:
    neutral = {"NoOp", "ToRGB", "FromFloat", "ToFloat", "Normalize"}
    draws = (augment(acceptable(photograph, name), single(name), seed=0, index=index).image for index in range(8))
    assert any(not np.array_equal(image, photograph.image) for image in draws) or name in neutral


def test_a_pipeline_of_several_steps_is_a_plain_compose_of_them(photograph: Sample) -> None:
    draft = Draft()
    for name in ("RandomCrop", "HorizontalFlip", "Affine", "GaussNoise", "CoarseDropout"):
        draft, _ = add(draft, name, None)
    pipeline = validate(draft)
    for index in range(10):
        steps = [getattr(A, n.transform)(**arguments(n.params), p=n.p) for n in pipeline.nodes]  # type: ignore[union-attr]
        same(augment(photograph, pipeline, 5, 2, index), plain(photograph, steps, (5, 2, index)))


def test_composers_nest_as_in_albumentations(photograph: Sample) -> None:
    flip = Step(id="a", transform="HorizontalFlip", p=0.5)
    colour = Step(id="b", transform="RandomGamma", p=1.0)
    pipeline = Pipeline(
        nodes=(
            Group(
                kind="OneOf",
                id="g",
                children=(flip, Group(kind="Sequential", id="s", children=(colour,), p=0.7)),
                p=0.9,
            ),
        )
    )
    for index in range(10):
        nested = A.OneOf([A.HorizontalFlip(p=0.5), A.Sequential([A.RandomGamma(p=1.0)], p=0.7)], p=0.9)
        same(augment(photograph, pipeline, 1, 0, index), plain(photograph, [nested], (1, 0, index)))


def test_two_coin_flips_are_independent(photograph: Sample) -> None:
    draft, _ = add(Draft(), "HorizontalFlip", None)
    draft, _ = add(draft, "VerticalFlip", None)
    pipeline = validate(draft)
    tiny = Sample(photograph.image[:8, :8].copy())
    fired = [frozenset(d.transform for d in augment(tiny, pipeline, 0, 0, index).drawn) for index in range(400)]
    for outcome in ({"HorizontalFlip"}, {"VerticalFlip"}, {"HorizontalFlip", "VerticalFlip"}, set[str]()):
        assert 70 < fired.count(frozenset(outcome)) < 130  # 100 expected; beyond this once in 2,000 runs


def test_the_result_depends_on_seed_epoch_and_index_and_on_nothing_else(photograph: Sample) -> None:
    pipeline = single("GaussNoise")
    first = augment(photograph, pipeline, 1, 2, 3).image
    for state in ((2, 2, 3), (1, 3, 3), (1, 2, 4)):
        assert not np.array_equal(first, augment(photograph, pipeline, *state).image)
    np.testing.assert_array_equal(first, augment(photograph, pipeline, 1, 2, 3).image)


def test_threads_do_not_disturb_each_other(photograph: Sample) -> None:
    pipeline = single("ElasticTransform")
    expected = [augment(photograph, pipeline, 0, 0, index).image for index in range(6)]
    got: dict[int, list[np.ndarray]] = {}

    def work(thread: int) -> None:
        got[thread] = [augment(photograph, pipeline, 0, 0, index).image for index in range(6)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for images in got.values():
        np.testing.assert_array_equal(images, expected)
    assert len(got) == 4


def test_a_sample_is_not_changed(photograph: Sample) -> None:
    before = photograph.image.copy()
    augment(photograph, single("InvertImg"), 0)
    np.testing.assert_array_equal(photograph.image, before)


def test_a_crop_larger_than_the_picture_names_its_step(photograph: Sample) -> None:
    pipeline = single("RandomCrop", height=4000, width=4000)
    with pytest.raises(AugmentError, match="RandomCrop: Crop size") as caught:
        augment(photograph, pipeline, 0)
    assert caught.value.node_id == pipeline.nodes[0].id


def test_a_step_that_needs_a_target_names_it_where_there_is_none(photograph: Sample) -> None:
    bare = Sample(photograph.image)
    missing = {"MaskDropout": "a mask", "CropNonEmptyMaskIfExists": "a mask"}
    missing |= dict.fromkeys(["BBoxSafeRandomCrop", "RandomSizedBBoxSafeCrop"], "boxes")
    for name, target in missing.items():
        with pytest.raises(AugmentError, match=f"^{name}: This step needs {target}, and this image has none") as caught:
            augment(bare, single(name), 0)
        assert caught.value.node_id
    pipeline = single("RandomSizedBBoxSafeCrop")
    unused = pipeline.model_copy(update={"targets": TargetRules(boxes=BoxRules(use=False))})
    with pytest.raises(AugmentError, match="needs boxes, which the pipeline is not given"):
        augment(photograph, unused, 0)


def test_a_disabled_step_does_nothing(photograph: Sample) -> None:
    step = Step(id="x", transform="InvertImg", p=1.0, enabled=False)
    result = augment(photograph, Pipeline(nodes=(step,)), 0)
    np.testing.assert_array_equal(result.image, photograph.image)
    assert result.drawn == ()


def test_boxes_that_leave_the_picture_are_dropped_with_their_class(photograph: Sample) -> None:
    assert photograph.bboxes is not None
    result = augment(photograph, single("Crop", x_min=0, y_min=0, x_max=40, y_max=40), 0)
    assert result.bboxes is not None
    assert set(result.bboxes[:, 4]) <= set(photograph.bboxes[:, 4])
    assert len(result.bboxes) < len(photograph.bboxes)

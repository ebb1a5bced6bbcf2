"""`augment` gives what plain albumentations gives, from its arguments and nothing else."""

import threading
from typing import Any

import albumentations as A
import numpy as np
import pytest

from explorer.augment.apply import AugmentError, augment
from explorer.augment.catalog import arguments
from explorer.augment.edits import add, set_p, set_param
from explorer.augment.pipeline import Draft, Group, Pipeline, Step, validate
from explorer.augment.targets import BoxRules, TargetRules
from explorer.data.sample import Sample
from tests.augment.samples import plain, same


def single(name: str, p: float = 1.0, **params: Any) -> Pipeline:
    draft, step = add(Draft(), name, None)
    for key, value in params.items():
        draft = set_param(draft, step, key, value)
    return validate(set_p(draft, step, p))


def test_a_pipeline_of_several_steps_is_a_plain_compose_of_them(photograph: Sample) -> None:
    draft = Draft()
    for name in ("RandomCrop", "HorizontalFlip", "Affine", "GaussNoise", "CoarseDropout"):
        draft, _ = add(draft, name, None)
    pipeline = validate(draft)
    for index in range(10):
        steps = [getattr(A, n.transform)(**arguments(n.params), p=n.p) for n in pipeline.nodes]  # type: ignore[union-attr]
        same(augment(photograph, pipeline, 5, 2, index), plain(photograph, steps, pipeline, (5, 2, index)))


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
        same(augment(photograph, pipeline, 1, 0, index), plain(photograph, [nested], pipeline, (1, 0, index)))


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

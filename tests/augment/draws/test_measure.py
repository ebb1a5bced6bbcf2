"""What is counted over many draws equals what plain albumentations, numpy and scikit-image give."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import albumentations as A
import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from explorer.augment.draws import similarity
from explorer.augment.draws.counts import DrawCounts, add, merge
from explorer.augment.draws.measure import measure
from explorer.augment.draws.report import Report, report
from explorer.augment.edits import add as add_step
from explorer.augment.edits import set_p, set_param
from explorer.augment.firing import effective
from explorer.augment.pipeline import Draft, Group, Node, Pipeline, Step, validate, walk
from explorer.augment.targets import BoxRules, PointRules, TargetRules
from explorer.data.photographs import photographs
from explorer.data.prepare import shrink
from explorer.data.sample import Sample
from tests.augment.draws.plain import in_order, total
from tests.augment.samples import begin, call_of

DRAWS = 60


def step(transform: str, p: float = 1.0, node_id: str = "", **params: Any) -> Step:
    return Step(id=node_id or transform[:20], transform=transform, params=params, p=p)


def group(kind: str, *children: Node, p: float = 1.0, **params: Any) -> Group:
    return Group.model_validate({"kind": kind, "id": kind, "children": children, "params": params, "p": p})


PIPELINES = {
    "crop": Pipeline(nodes=(step("RandomCrop", height=90, width=90), step("HorizontalFlip", 0.5))),
    "rotation": Pipeline(nodes=(step("HorizontalFlip", 0.5), step("Rotate", 0.8, limit=[-90.0, 90.0]))),
    "rules": Pipeline(
        nodes=(step("RandomCrop", height=100, width=100), step("ShiftScaleRotate", 0.9)),
        targets=TargetRules(boxes=BoxRules(min_visibility=0.6, min_area=200.0)),
    ),
    "looked at only once": Pipeline(
        nodes=(step("RandomCrop", height=90, width=90), step("Affine", translate_percent=[-0.4, 0.4])),
        targets=TargetRules(
            boxes=BoxRules(check_each_transform=False), keypoints=PointRules(check_each_transform=False)
        ),
    ),
    "groups": Pipeline(
        nodes=(
            group("OneOf", step("RandomCrop", height=100, width=100), step("CenterCrop", height=60, width=60)),
            group("Sequential", step("Affine", translate_percent=[-0.5, 0.5]), step("CoarseDropout"), p=0.7),
        )
    ),
}


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    return [shrink(one.load(), 160) for one in list(photographs().values())[:3]]


def plain(samples: Sequence[Sample], pipeline: Pipeline, index: int) -> dict[str, Any]:
    """Draw `index` by albumentations alone."""
    data = call_of(samples[index % len(samples)], pipeline.targets)
    compose: A.Compose = pipeline.to_compose(bboxes="bboxes" in data, keypoints="keypoints" in data)
    begin(compose, pipeline, (7, 0, index))
    result: dict[str, Any] = compose(**data)
    return result


@pytest.mark.parametrize("name", list(PIPELINES))
def test_labels_masks_and_pixels_equal_a_count_by_plain_albumentations(name: str, samples: list[Sample]) -> None:
    pipeline = PIPELINES[name]
    found = report(measure(samples, pipeline, 7, range(DRAWS), DRAWS), pipeline)
    boxes: Counter[int] = Counter()
    points: Counter[int] = Counter()
    given_boxes = given_points = 0
    vanished: Counter[int] = Counter()
    appeared: Counter[int] = Counter()
    pixels = []
    for index in range(DRAWS):
        sample, result = samples[index % 3], plain(samples, pipeline, index)
        if sample.bboxes is not None:
            given_boxes += len(sample.bboxes)
            boxes.update(np.asarray(result["bboxes"]).reshape(-1, 5)[:, 4].astype(int).tolist())
        if sample.keypoints is not None:
            given_points += len(sample.keypoints)
            points.update(np.asarray(result["keypoints"]).reshape(-1, 3)[:, 2].astype(int).tolist())
        if sample.mask is not None:
            was, now = set(np.unique(sample.mask).tolist()), set(np.unique(result["mask"]).tolist())
            vanished.update(was - now)
            appeared.update(now - was)
        pixels.append(result["image"].reshape(-1, 3))
    assert found.boxes is not None
    assert found.points is not None
    assert found.mask is not None
    assert found.after is not None
    assert found.boxes.after == dict(sorted(boxes.items()))
    assert found.points.after == dict(sorted(points.items()))
    assert found.mask.vanished == dict(sorted(vanished.items()))
    assert found.mask.appeared == dict(sorted(appeared.items()))
    assert_all_blamed(found, given_boxes - boxes.total(), given_points - points.total())
    everything = np.concatenate(pixels)
    np.testing.assert_allclose(found.after.mean, everything.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.after.deviation, everything.std(axis=0), rtol=1e-6)


def assert_all_blamed(found: Report, boxes: int, points: int) -> None:
    """Whatever is lost is lost somewhere, once."""
    assert found.boxes is not None
    assert found.points is not None
    assert sum(one.boxes_lost for one in found.steps) + found.boxes.by_rules == boxes
    assert sum(one.points_lost for one in found.steps) + found.points.by_rules == points


def test_what_is_lost_is_lost_by_the_step_that_loses_it(samples: list[Sample]) -> None:
    nodes = (step("HorizontalFlip"), step("CenterCrop", height=60, width=60), step("VerticalFlip"), step("GaussNoise"))
    pipeline = Pipeline(nodes=nodes)
    found = report(measure(samples, pipeline, 0, range(12), 12), pipeline)
    lost = {one.id: one.boxes_lost for one in found.steps}
    assert lost["CenterCrop"] > 0
    assert sum(lost.values()) == lost["CenterCrop"]
    points = {one.id: one.points_lost for one in found.steps}
    assert sum(points.values()) == points["CenterCrop"] > 0


def test_new_classes_are_blamed_on_the_interpolation_that_makes_them() -> None:
    turn = step("Rotate", limit=[30.0, 30.0], node_id="turn")
    mixing = Pipeline(nodes=(step("HorizontalFlip"), turn), targets=TargetRules(mask_interpolation="INTER_LINEAR"))
    mask = np.zeros((120, 120), np.uint8)
    mask[:, :60] = 4
    sample = Sample(np.zeros((120, 120, 3), np.uint8), mask)
    found = report(measure([sample], mixing, 0, range(5), 5), mixing)
    assert found.mask is not None
    assert set(found.mask.appeared) == {1, 2, 3}
    assert [one.appeared for one in found.steps] == [0, 5]
    nearest = Pipeline(nodes=mixing.nodes)
    found = report(measure([sample], nearest, 0, range(5), 5), nearest)
    assert found.mask is not None
    assert not found.mask.appeared


def test_drawn_parameters_are_those_of_albumentations(samples: list[Sample]) -> None:
    pipeline = Pipeline(nodes=(step("HorizontalFlip", 0.5), step("RandomBrightnessContrast", 0.6)))
    (_, found) = report(measure(samples[:1], pipeline, 7, range(60), 60), pipeline).steps
    compose = A.Compose(pipeline.to_compose().transforms, save_applied_params=True)
    expected = []
    for index in range(60):
        begin(compose, pipeline, (7, 0, index))
        drawn = dict(compose(image=samples[0].image)["applied_transforms"])
        expected += [drawn["RandomBrightnessContrast"]["alpha"]] if "RandomBrightnessContrast" in drawn else []
    assert found.drawn["alpha"] == expected
    assert len(expected) == round(found.applied * 60) > 20


def test_effective_probabilities_equal_1500_draws_within_four_standard_errors() -> None:
    def tick(name: str, p: float) -> Step:
        return step("ChannelDropout" if name.startswith("c") else "InvertImg", p, name)

    nodes: tuple[Node, ...] = (
        tick("a", 0.3),
        group("OneOf", tick("b", 0.2), group("Sequential", tick("d", 0.5), tick("e", 0.7), p=0.6), p=0.8),
        group("SomeOf", tick("f", 0.9), tick("g", 0.4), tick("h", 0.1), n=2, p=0.7),
        group("OneOrOther", tick("i", 0.5), tick("j", 0.5), p=0.25),
        group("RandomOrder", tick("k", 0.5), tick("l", 0.35), tick("m", 0.6), n=2, replace=True, p=0.9),
    )
    pipeline = Pipeline(nodes=nodes)
    draws = 1_500
    found = report(measure([Sample(np.zeros((8, 8, 3), np.uint8))], pipeline, 1, range(draws), draws), pipeline)
    expected = effective(nodes)
    assert {one.id for one in found.steps} == {node.id for node, _ in walk(nodes)}
    for one in found.steps:
        error = math.sqrt(expected[one.id] * (1 - expected[one.id]) / draws)
        assert abs(one.applied - expected[one.id]) <= 4 * error, one


@pytest.mark.parametrize("transform", ["GaussianBlur", "HorizontalFlip", "RandomBrightnessContrast", "CoarseDropout"])
def test_ssim_and_psnr_are_those_of_scikit_image(transform: str, samples: list[Sample]) -> None:
    draft, own = add_step(Draft(), transform, None)
    compose = validate(set_p(draft, own, 1.0)).to_compose(bboxes=False, keypoints=False)
    first = samples[0].image
    compose.set_random_seed(3)
    second = compose(image=first)["image"]
    grey = [cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (first, second)]
    expected = structural_similarity(
        *grey, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=255
    )
    assert similarity.ssim(first, second) == pytest.approx(expected, abs=1e-4)
    assert similarity.psnr(first, second) == pytest.approx(peak_signal_noise_ratio(first, second))
    assert similarity.ssim(first, first) == pytest.approx(1.0)
    assert math.isinf(similarity.psnr(first, first))


def test_a_step_that_fails_is_counted_with_its_reason_and_the_others_go_on() -> None:
    draft, crop = add_step(Draft(), "RandomCrop", None)
    for name in ("height", "width"):
        draft = set_param(draft, crop, name, 400)
    pipeline = validate(set_p(draft, crop, 0.5))
    tally = measure([Sample(np.zeros((50, 50, 3), np.uint8))], pipeline, 0, range(40), 40)
    found = report(tally, pipeline)
    ((reason, count),) = found.failed.items()
    assert "RandomCrop" in reason
    assert 5 < count < 35
    assert found.draws == 40


@given(st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5)), max_size=6), max_size=5))
def test_tallies_add_up_in_any_order_and_grouping(parts: list[list[tuple[str, int]]]) -> None:
    def tally(events: Sequence[tuple[str, int]]) -> DrawCounts:
        found: DrawCounts = {}
        for name, value in events:
            add(found, "steps", name, "calls")
            found.setdefault("steps", {}).setdefault(name, {}).setdefault("drawn", []).append(value)
        return found

    whole = in_order(tally([event for part in parts for event in part]))
    singles = [tally(part) for part in parts]
    assert in_order(total(singles)) == whole
    assert in_order(total(reversed(singles))) == whole
    half = len(parts) // 2
    assert in_order(merge(total(singles[:half]), total(singles[half:]))) == whole
    assert merge({}, whole) == whole == merge(whole, {})

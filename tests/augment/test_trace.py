"""A trace is the same pass as `augment`, and tells the truth about each node."""

from typing import Any

import albumentations as A
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.augment.apply import AugmentError, augment
from explorer.augment.pipeline import Draft, Group, Node, Pipeline, Step, validate, walk
from explorer.augment.streams import random_state
from explorer.augment.trace import Status, Trace, trace
from explorer.data.sample import Sample

CHEAP = ("HorizontalFlip", "VerticalFlip", "RandomGamma", "Affine", "CoarseDropout", "RandomBrightnessContrast")


def same(first: Any, second: Any) -> None:
    for name in ("image", "mask", "bboxes", "keypoints"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))


def fingerprints(traced: Trace) -> list[Any]:
    return [None if e.after is None else e.after.image.tobytes() for e in traced.entries]


def step(name: str, transform: str, p: float = 1.0) -> Step:
    return Step(id=name, transform=transform, p=p)


def statuses(traced: Trace) -> dict[str, Status]:
    return {entry.node_id: entry.status for entry in traced.entries}


def test_each_node_says_what_became_of_it(photograph: Sample) -> None:
    nodes: tuple[Node, ...] = (
        step("never", "Blur", p=0.0),
        Group(kind="OneOf", id="one", p=1.0, children=(step("x", "HorizontalFlip"), step("y", "VerticalFlip", 0.0))),
        Group(kind="Sequential", id="closed", p=0.0, children=(step("inside", "Blur"),)),
        Step(id="out", transform="Blur", enabled=False),
        Group(kind="SelectiveChannelTransform", id="red", p=1.0, params={"channels": [0]},
              children=(step("gone", "InvertImg"),)),
    )  # fmt: skip
    traced = trace(photograph, Pipeline(nodes=nodes), 0)
    assert statuses(traced) == {
        "never": Status.SKIPPED,
        "one": Status.APPLIED,
        "x": Status.APPLIED,
        "y": Status.NOT_CHOSEN,
        "closed": Status.SKIPPED,
        "inside": Status.NOT_REACHED,
        "out": Status.OFF,
        "red": Status.APPLIED,
        "gone": Status.APPLIED,
    }
    assert [entry.depth for entry in traced.entries] == [0, 0, 1, 1, 0, 1, 0, 0, 1]
    inside = traced.entries[-1].after
    assert inside is not None
    np.testing.assert_array_equal(inside.image[..., 0], traced.result.image[..., 0])


def test_random_order_is_shown_in_the_order_of_application(photograph: Sample) -> None:
    children = tuple(step(f"n{number}", "RandomGamma") for number in range(4))
    pipeline = Pipeline(nodes=(Group(kind="RandomOrder", id="g", p=1.0, params={"n": 4}, children=children),))
    orders = set()
    for index in range(6):
        traced = trace(photograph, pipeline, 0, 0, index)
        order = tuple(entry.node_id for entry in traced.entries[1:])
        assert order == tuple(drawn.node_id for drawn in traced.result.drawn)
        for first, second in zip(traced.entries[1:], traced.entries[2:], strict=False):
            assert first.after is second.before
        orders.add(order)
    assert len(orders) > 1


def test_a_step_that_is_called_twice_is_there_twice(photograph: Sample) -> None:
    children = (step("a", "Rotate"),)
    group = Group(kind="SomeOf", id="g", p=1.0, params={"n": 3, "replace": True}, children=children)
    traced = trace(photograph, Pipeline(nodes=(group,)), 0)
    assert [entry.node_id for entry in traced.entries] == ["g", "a", "a", "a"]


def test_boxes_between_two_steps_are_those_that_albumentations_keeps(photograph: Sample) -> None:
    crop = Step(id="crop", transform="Crop", p=1.0, params={"x_min": 0, "y_min": 0, "x_max": 120, "y_max": 120})
    pipeline = Pipeline(nodes=(crop, step("flip", "HorizontalFlip")))
    traced = trace(photograph, pipeline, 0)
    compose = A.Compose(
        [A.Crop(0, 0, 120, 120, p=1.0)],
        bbox_params=A.BboxParams("pascal_voc", clip=True),
        keypoint_params=A.KeypointParams("xy"),
    )
    compose.set_random_state(*random_state(0, 0, 0))
    alone = compose(
        image=photograph.image, mask=photograph.mask, bboxes=photograph.bboxes, keypoints=photograph.keypoints
    )
    after = traced.entries[0].after
    assert after is not None
    np.testing.assert_allclose(after.bboxes, alone["bboxes"], atol=1e-3)
    np.testing.assert_allclose(after.keypoints, alone["keypoints"], atol=1e-3)
    assert len(after.bboxes) < len(photograph.bboxes)  # type: ignore[arg-type]


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> tuple[Node, ...]:
    counter = iter(range(1000))

    def node(left: int) -> Node:
        name = f"n{next(counter)}"
        p = draw(st.sampled_from([0.0, 0.3, 0.7, 1.0]))
        if left == 0 or draw(st.booleans()):
            return Step(id=name, transform=draw(st.sampled_from(CHEAP)), p=p, enabled=draw(st.booleans()) or p > 0)
        kind = draw(st.sampled_from(["OneOf", "SomeOf", "RandomOrder", "Sequential", "OneOrOther"]))
        count = 2 if kind == "OneOrOther" else draw(st.integers(1, 3))
        params = (
            {"n": draw(st.integers(1, 4)), "replace": draw(st.booleans())} if kind in ("SomeOf", "RandomOrder") else {}
        )
        children = tuple(node(left - 1) for _ in range(count))
        return Group(kind=kind, id=name, children=children, p=p, params=params)

    return tuple(node(depth) for _ in range(draw(st.integers(1, 3))))  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(trees(), st.integers(0, 50))
def test_any_tree_traced_is_the_tree_untraced_and_every_node_is_told_of(nodes: tuple[Node, ...], seed: int) -> None:
    rng = np.random.default_rng(0)
    sample = Sample(rng.integers(0, 256, (32, 40, 3), np.uint8), np.zeros((32, 40), np.uint8))
    try:
        pipeline = validate(Draft(nodes=nodes))
    except ValueError:
        return  # a group that cannot choose: told elsewhere
    traced = trace(sample, pipeline, seed)
    same(traced.result, augment(sample, pipeline, seed))
    assert {entry.node_id for entry in traced.entries} == {node.id for node, _ in walk(nodes)}
    applied = [entry.node_id for entry in traced.entries if entry.status is Status.APPLIED and not entry.is_group]
    assert applied == [drawn.node_id for drawn in traced.result.drawn]
    shown = [entry.after for entry in traced.entries if entry.after is not None]
    if shown and not any(node.kind == "SelectiveChannelTransform" for node, _ in walk(nodes)):
        np.testing.assert_array_equal(shown[-1].image, traced.result.image)


def test_a_group_that_fails_itself_is_named(photograph: Sample) -> None:
    inside = Step(id="crop", transform="Crop", p=1.0, params={"x_max": 100, "y_max": 100})
    group = Group(kind="SelectiveChannelTransform", id="red", p=1.0, children=(inside,))
    with pytest.raises(AugmentError, match="SelectiveChannelTransform") as caught:
        augment(photograph, Pipeline(nodes=(group,)), 0)
    assert caught.value.node_id == "red"

"""Effective probabilities are what albumentations really draws."""

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest

from explorer.augment.apply import augment
from explorer.augment.firing import effective
from explorer.augment.pipeline import Group, Node, Pipeline, Step, walk
from explorer.data.sample import Sample

DRAWS = 1_500
TINY = Sample(np.zeros((2, 2, 3), np.uint8))


def step(name: str, p: float = 0.5, enabled: bool = True) -> Step:
    return Step(id=name, transform="NoOp", p=p, enabled=enabled)


def group(kind: Any, name: str, *children: Node, p: float = 0.5, enabled: bool = True, **params: Any) -> Group:
    return Group(kind=kind, id=name, children=children, p=p, enabled=enabled, params=params)


TREES: dict[str, tuple[Node, ...]] = {
    "steps": (step("a", 0.3), step("b", 0.0), step("c", 1.0), step("d", 0.5, enabled=False)),
    "OneOf by weight": (group("OneOf", "g", step("a", 0.1), step("b", 0.7), step("c", 0.0), p=0.8),),
    "SomeOf": (group("SomeOf", "g", step("a", 0.2), step("b", 0.9), step("c", 1.0), p=0.7, n=2),),
    "SomeOf put back": (group("SomeOf", "g", step("a", 0.4), step("b", 0.9), p=0.9, n=3, replace=True),),
    "SomeOf of too many": (group("SomeOf", "g", step("a", 0.4), step("b", 0.9), p=0.9, n=7),),
    "RandomOrder": (group("RandomOrder", "g", step("a", 0.2), step("b"), step("c"), step("d"), p=0.6, n=3),),
    "OneOrOther": (group("OneOrOther", "g", step("a", 0.3), step("b", 0.2), p=0.8),),
    "channels": (group("SelectiveChannelTransform", "g", step("a"), step("b", 0.9), p=0.4, channels=[1]),),
    "forced groups": (
        group(
            "OneOf",
            "g",
            group("Sequential", "s", step("a", 0.7), p=0.2),
            group("SomeOf", "m", step("b", 0.6), step("c", 0.3), p=0.5),
            group("OneOf", "o", step("d", 0.1), step("e", 0.4), p=0.3),
            group("OneOrOther", "x", step("f"), step("h"), p=0.1),
            p=0.9,
        ),
    ),
    "deep": (
        group(
            "SomeOf",
            "g",
            group("RandomOrder", "r", step("a"), group("OneOf", "o", step("b"), step("c")), p=0.8, n=2, replace=True),
            group("Sequential", "off", step("d"), enabled=False),
            group("Sequential", "s", step("e", 0.9), group("OneOrOther", "x", step("f"), step("h"), p=0.3), p=0.7),
            p=0.95,
            n=2,
        ),
        step("z", 0.25),
    ),
}  # fmt: skip


def test_effective_probability_is_that_of_1500_draws(subtests: pytest.Subtests) -> None:
    for name, nodes in TREES.items():
        with subtests.test(name):
            pipeline = Pipeline(nodes=nodes)
            worked_out = effective(pipeline.nodes)
            fired: Counter[str] = Counter()
            for index in range(DRAWS):
                fired.update({drawn.node_id for drawn in augment(TINY, pipeline, 0, 0, index).drawn})
            for node, _ in walk(pipeline.nodes):
                if isinstance(node, Step):
                    p = worked_out[node.id]
                    # Four standard errors: beyond them once in 16,000 checks, and the draws are always the same.
                    assert abs(fired[node.id] / DRAWS - p) <= 4 * math.sqrt(p * (1 - p) / DRAWS), node.id


def test_what_is_off_never_fires() -> None:
    chances = effective(TREES["deep"])
    assert chances["off"] == 0
    assert chances["d"] == 0

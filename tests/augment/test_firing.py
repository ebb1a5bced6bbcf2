"""The seed that is found is one with which the steps fire in `augment`, and the first such."""

import pytest

from explorer.augment import firing
from explorer.augment.apply import augment
from explorer.augment.pipeline import Group, Pipeline, Step
from explorer.data.sample import Sample


def step(name: str, p: float, transform: str = "HorizontalFlip") -> Step:
    return Step(id=name, transform=transform, p=p)


def fired(sample: Sample, pipeline: Pipeline, seed: int, index: int = 0) -> set[str]:
    return {drawn.node_id for drawn in augment(sample, pipeline, seed, 0, index).drawn}


def test_the_first_seed_with_which_all_fire_or_the_one_with_which_most_do(photograph: Sample) -> None:
    pipeline = Pipeline(nodes=(step("a", 0.5), step("b", 0.6, "InvertImg"), step("off", 0.0)))
    for index in (0, 7):
        expected = next(seed for seed in range(99) if fired(photograph, pipeline, seed, index) == {"a", "b"})
        assert firing.fullest(photograph, pipeline, range(99), index).seed == expected
        alone = next(seed for seed in range(99) if "b" in fired(photograph, pipeline, seed, index))
        assert firing.first(photograph, pipeline, "b", range(99), index) == firing.Search(alone, alone + 1)
    assert firing.first(photograph, pipeline, "off", range(9)) == firing.Search(None, 9)
    assert firing.first(photograph, pipeline, "off", range(10**9), seconds=0.0) == firing.Search(None, 1)

    rare = Pipeline(nodes=(*(step(f"r{at}", 0.3) for at in range(6)),))
    counts = [len(fired(photograph, rare, seed)) for seed in range(20)]
    assert max(counts) < 6
    assert firing.fullest(photograph, rare, range(20)) == firing.Search(counts.index(max(counts)), 20)


@pytest.mark.parametrize(
    ("group", "most"),
    [
        (Group(kind="OneOf", id="g", p=0.5, children=(step("a", 0.5), step("b", 0.5))), 1),
        (Group(kind="SomeOf", id="g", p=1.0, params={"n": 2}, children=tuple(step(f"s{n}", 1.0) for n in range(5))), 2),
        (Group(kind="Sequential", id="g", p=0.5, children=(step("a", 0.5), step("b", 0.0))), 1),
    ],
)
def test_steps_of_a_composer_count_as_far_as_they_can_fire_together(
    group: Group, most: int, photograph: Sample
) -> None:
    pipeline = Pipeline(nodes=(group, step("z", 0.5)))
    assert firing.most_at_once(pipeline) == most + 1
    found = firing.fullest(photograph, pipeline, range(99))
    assert found.tried < 99
    assert found.seed is not None
    assert len(fired(photograph, pipeline, found.seed)) == most + 1

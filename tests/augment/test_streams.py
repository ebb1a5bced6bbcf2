"""With a stream for each node, what a step draws depends on its place and its id, and on no other step."""

import random
from collections.abc import Callable
from hashlib import blake2b
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from explorer.augment import edits
from explorer.augment.apply import augment
from explorer.augment.files import PipelineFileError, dumps, loads
from explorer.augment.pipeline import (
    Draft,
    Group,
    Node,
    Pipeline,
    Step,
    all_steps,
    as_draft,
    content,
    renewed,
    validate,
    without_augmentation,
)
from explorer.augment.streams import Stream, begin_sample
from explorer.data.sample import Sample
from explorer.settings.steps import all_same
from tests.augment.samples import plain

FLIP = Step(id="flip", transform="HorizontalFlip", p=0.5)
AFFINE = Step(id="affine", transform="Affine", p=0.7, params={"rotate": [-30.0, 30.0]})
NOISE = Step(id="noise", transform="GaussNoise", p=0.6)
HOLES = Step(id="holes", transform="CoarseDropout", p=0.8)
GAMMA = Step(id="gamma", transform="RandomGamma", p=1.0)
BLUR = Step(id="blur", transform="GaussianBlur", p=1.0)
ONE = Group(kind="OneOf", id="one", children=(GAMMA, BLUR), p=0.9)
NODES: tuple[Node, ...] = (FLIP, AFFINE, ONE, NOISE, HOLES)


def drawn(sample: Sample, nodes: tuple[Node, ...], index: int, streams: int = 2) -> dict[str, dict[str, Any]]:
    """Node id -> what the step drew, for the steps that fired."""
    pipeline = Pipeline.model_validate({"nodes": nodes, "streams": streams})
    return {one.node_id: dict(one.params) for one in augment(sample, pipeline, 3, 1, index).drawn}


def equal(first: dict[str, dict[str, Any]], second: dict[str, dict[str, Any]], but: str) -> bool:
    """Whether all steps but one drew the same."""
    kept, others = ({name: one for name, one in each.items() if name != but} for each in (first, second))
    try:
        np.testing.assert_equal(kept, others)
    except AssertionError:
        return False
    return True


@pytest.fixture
def small(photograph: Sample) -> Sample:
    return Sample(photograph.image[:48, :48].copy())


CHANGES: dict[str, Callable[[Draft], Draft]] = {
    "removed": lambda draft: edits.remove(draft, ("affine",)),
    "turned off": lambda draft: edits.set_enabled(draft, ("affine",), False),
    "moved to the end": lambda draft: draft.model_copy(update={"nodes": (FLIP, ONE, NOISE, HOLES, AFFINE)}),
    "always": lambda draft: edits.set_p(draft, "affine", 1.0),
    "another beside it": lambda draft: edits.add(draft, "VerticalFlip", "affine")[0],
}


@pytest.mark.parametrize("name", list(CHANGES))
def test_a_change_of_one_step_leaves_what_all_others_draw(name: str, small: Sample) -> None:
    changed = validate(CHANGES[name](Draft(nodes=NODES))).nodes
    added = {step.id for step in all_steps(changed)} - {step.id for step in all_steps(NODES)}
    disturbed = 0
    for index in range(25):
        now = {node: values for node, values in drawn(small, changed, index).items() if node not in added}
        assert equal(drawn(small, NODES, index), now, "affine"), index
        disturbed += not equal(drawn(small, NODES, index, 1), drawn(small, changed, index, 1), "affine")
    assert disturbed > 10 or name == "moved to the end"  # with one generator for all, they did not


def test_a_group_may_choose_another_child_but_its_children_draw_as_before(small: Sample) -> None:
    third = Step(id="third", transform="HorizontalFlip", p=1.0)
    more = ONE.model_copy(update={"children": (GAMMA, BLUR, third)})
    for index in range(25):
        before, after = (drawn(small, (FLIP, group, HOLES), index) for group in (ONE, more))
        for node in before.keys() & after.keys():
            np.testing.assert_equal(before[node], after[node])
        assert (before.keys() ^ after.keys()) <= {"gamma", "blur", "third"}


def test_a_step_that_is_called_twice_goes_on_in_its_stream(small: Sample) -> None:
    gamma = GAMMA.model_copy(update={"params": {"gamma_limit": [50, 200]}})
    group = Group(kind="SomeOf", id="g", p=1.0, params={"n": 3, "replace": True}, children=(gamma,))
    thrice = [one.params["gamma"] for one in augment(small, Pipeline(nodes=(group,)), 0).drawn]
    assert len(set(thrice)) == 3
    (once,) = augment(small, Pipeline(nodes=(gamma,)), 0).drawn
    assert once.params["gamma"] == thrice[0]


def reference(place: str, node: str) -> np.random.Generator:
    """The generator of a node, as docs/decisions/040 describes it."""
    bits = np.random.SFC64()
    words = np.frombuffer(blake2b(f"{place} {node}".encode(), digest_size=32).digest(), "<u8")
    bits.state = {**bits.state, "state": {"state": words}, "has_uint32": 0, "uinteger": 0}
    return np.random.Generator(bits)


def test_streams_are_those_of_the_description(small: Sample) -> None:
    fired = [set(drawn(small, NODES, index)) for index in range(40)]
    for index in range(40):
        for step in (FLIP, AFFINE, NOISE, HOLES):
            assert (step.id in fired[index]) == (reference(f"3 1 {index}", step.id).random() < step.p)
        assert bool(fired[index] & {"gamma", "blur"}) == (reference(f"3 1 {index}", "one").random() < ONE.p)


def begun(node: str, *place: int) -> Stream:
    stream = Stream(node)
    begin_sample([stream], *place)
    return stream


def test_streams_are_uniform_and_independent_of_each_other() -> None:
    count = 10_000
    nodes = [Stream(name) for name in ("", "n1", "n2", "n10", "n1a2b3c4")]
    places = [(0, 0), (0, 1), (1, 0)]  # seed and epoch: neighbors, and swapped
    first = np.empty((len(places), len(nodes), count))
    second = np.empty_like(first)
    for at, place in enumerate(places):
        for index in range(count):
            begin_sample(nodes, *place, index)
            for number, stream in enumerate(nodes):
                first[at, number, index] = stream.random()
                second[at, number, index] = stream.generator.random()
    table: NDArray[np.float64] = np.concatenate([first, second]).reshape(-1, count)
    least = 0.001 / len(table)  # of 30 tests at once
    for row in table:
        assert stats.kstest(row, "uniform").pvalue > least
        assert stats.binomtest(int((row < 0.1).sum()), count, 0.1).pvalue > least
        assert abs(stats.pearsonr(row[:-1], row[1:]).statistic) < 5 / count**0.5  # from index to index
    pairs = np.asarray(np.corrcoef(table))[np.triu_indices(len(table), 1)]
    assert abs(pairs).max() < 5 / count**0.5
    assert stats.kstest(pairs * count**0.5, "norm").pvalue > 0.001
    for one, other in combinations(table[: len(nodes)] < 0.5, 2):  # two steps of p = 0.5 fire together in a quarter
        assert stats.binomtest(int((one & other).sum()), count, 0.25).pvalue > least


def test_python_numbers_come_from_the_bits_of_numpy_and_are_all_of_them() -> None:
    stream, same_bits = begun("n1", 0, 0, 0), begun("n1", 0, 0, 0).generator
    assert [stream.random() for _ in range(3)] == same_bits.random(3).tolist()
    rolls = [begun("n1", 0, 0, index).randint(1, 6) for index in range(3000)]
    assert stats.chisquare(np.bincount(rolls, minlength=7)[1:]).pvalue > 0.001
    for bits in (1, 31, 32, 63, 64, 65, 200):
        numbers = [begun("n1", 1, 0, index).getrandbits(bits) for index in range(200)]
        assert 2 ** (bits - 1) <= max(numbers) < 2**bits
        assert len(set(numbers)) > (1 if bits == 1 else 190)
    assert stream.getrandbits(0) == 0
    assert sorted(begun("a", 0, 0, 0).sample(range(9), 9)) == list(range(9))


def test_nothing_is_left_over_from_the_sample_before() -> None:
    used = begun("n1", 0, 0, 0)
    used.gauss(0, 1)
    used.generator.integers(2**31, dtype=np.uint32)  # both keep half of what they drew
    begin_sample([used], 0, 0, 1)
    fresh = begun("n1", 0, 0, 1)
    assert [used.gauss(0, 1) for _ in range(3)] == [fresh.gauss(0, 1) for _ in range(3)]
    assert used.generator.integers(2**31, dtype=np.uint32) == fresh.generator.integers(2**31, dtype=np.uint32)
    assert isinstance(used, random.Random)


@pytest.mark.parametrize("streams", [1, 2])
def test_both_versions_are_kept_by_all_that_is_done_with_a_pipeline(streams: int, small: Sample) -> None:
    pipeline = Pipeline.model_validate({"name": "kept", "nodes": NODES, "streams": streams})
    assert loads(dumps(pipeline)) == pipeline
    assert validate(as_draft(pipeline)) == pipeline
    assert without_augmentation(pipeline).streams == edits.add(as_draft(pipeline), "Blur", None)[0].streams == streams
    steps = pipeline.to_compose(bboxes=False, keypoints=False).transforms
    for index in range(6):
        theirs = plain(small, steps, pipeline, (1, 2, index))
        np.testing.assert_array_equal(augment(small, pipeline, 1, 2, index).image, theirs["image"])


def test_versions_differ_in_their_pictures_and_so_in_key_and_content(small: Sample) -> None:
    old = Pipeline(name="old", nodes=NODES, streams=1)
    new = renewed(old)
    assert (new.streams, new.name, new.nodes, renewed(as_draft(old)).streams) == (2, "old", NODES, 2)
    assert old.key != new.key == old.model_copy(update={"streams": 2}).key
    assert content(old) != content(new)
    assert all_same(old, old) == all_same(new, new) != all_same(old, new)
    assert any(
        not np.array_equal(augment(small, old, 0, 0, index).image, augment(small, new, 0, 0, index).image)
        for index in range(4)
    )


def test_a_document_without_the_field_has_one_generator_and_is_written_as_it_was() -> None:
    text = dumps(Pipeline(nodes=(FLIP,), streams=1))
    assert '"version": 1' in text
    assert "streams" not in text
    assert loads(text).streams == 1
    assert Draft().streams == Pipeline().streams == 2
    with pytest.raises(PipelineFileError, match="streams"):
        loads(dumps(Pipeline(nodes=(FLIP,))).replace('"streams": 2', '"streams": 3'))

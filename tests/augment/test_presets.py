"""Presets are pipelines that work on any picture with any target, and do what their sentences say."""

from collections import Counter

import numpy as np
import pytest

from bench.costs import PRESET_MS
from explorer.augment.apply import AugmentedSample, augment
from explorer.augment.catalog import advice, catalog
from explorer.augment.costs import estimate
from explorer.augment.pipeline import Group, Pipeline, Step, validate, walk
from explorer.augment.presets import draft, presets
from explorer.data.photographs import photographs
from explorer.data.prepare import fit_square, shrink
from explorer.data.sample import Sample

NAMES = ("light", "medium", "strong", "flips", "colour", "documents", "aerial", "microscopy", "trivial")
TURNING = ("aerial", "microscopy")


@pytest.fixture(scope="module")
def pictures() -> list[Sample]:
    """Photographs with every target: as they are, and as small as pictures for training may be."""
    loaded = [photograph.load() for photograph in photographs().values()]
    return [*(shrink(sample, 160) for sample in loaded), fit_square(loaded[0], 64)]


def pipeline(name: str) -> Pipeline:
    return validate(draft(name))


def difference(name: str, sample: Sample) -> float:
    """How far the pixels of many draws are from those of the image, on average."""
    results = (augment(sample, pipeline(name), seed=1, index=index).image for index in range(12))
    return float(np.mean([np.abs(image.astype(float) - sample.image).mean() for image in results]))


def colours(image: np.ndarray) -> Counter[bytes]:
    return Counter(map(bytes, image.reshape(-1, 3)))


def check_targets(sample: Sample, result: AugmentedSample) -> None:
    height, width = result.image.shape[:2]
    assert result.image.dtype == np.uint8
    assert result.image.shape[2] == 3
    assert result.mask is not None
    assert result.mask.shape == (height, width)
    assert set(np.unique(result.mask)) <= {0, *np.unique(sample.mask)}
    assert result.bboxes is not None
    assert (result.bboxes[:, :4] >= 0).all()
    assert (result.bboxes[:, [0, 2]] <= width).all()
    assert (result.bboxes[:, [1, 3]] <= height).all()
    assert result.keypoints is not None
    assert (result.keypoints[:, :2] >= 0).all()


def test_the_presets_are_offered_in_their_order() -> None:
    assert tuple(presets()) == NAMES
    assert [preset.name for preset in presets().values()] == list(NAMES)
    assert len({preset.title for preset in presets().values()}) == len(NAMES)


def test_a_draft_is_a_valid_pipeline_with_its_own_ids() -> None:
    for name in NAMES:
        nodes = [node for node, _ in walk(pipeline(name).nodes)]
        assert [node.id for node in nodes] == [f"n{number}" for number in range(1, len(nodes) + 1)]
        assert draft(name).name == presets()[name].title


def test_at_least_three_presets_show_what_composers_are_for() -> None:
    kinds = {name: {n.kind for n, _ in walk(draft(name).nodes) if isinstance(n, Group)} for name in NAMES}
    assert sum(map(bool, kinds.values())) >= 3
    assert set().union(*kinds.values()) >= {"OneOf", "SomeOf", "RandomOrder", "Sequential"}


def test_sentences_are_sentences(subtests: pytest.Subtests) -> None:
    for name, preset in presets().items():
        for words, beginning in ((preset.purpose, "For "), (preset.harm, "Avoid ")):
            with subtests.test(name, words=words):
                assert words.startswith(beginning)
                assert words.endswith(".")
                assert words.count(".") <= 2
                assert 60 <= len(words) <= 120
        assert ("Images that are not square" in preset.harm) == (name in TURNING), name


def test_every_step_is_current_quick_and_says_only_what_is_not_the_default(subtests: pytest.Subtests) -> None:
    """How quick they really are is measured by `python -m bench costs`."""
    for name in NAMES:
        for step, _ in walk(draft(name).nodes):
            if isinstance(step, Step):
                with subtests.test(name, step=step.transform):
                    offered = catalog()[step.transform]
                    assert advice(step.transform) == ()
                    for key, value in step.params.items():
                        assert offered.parameters[key].required or value != offered.parameters[key].default, key
                    assert estimate(step.transform, step.params, (512, 512)) < PRESET_MS


def test_every_target_comes_through_six_seeds_and_pictures_do_not_change_always_alike(
    pictures: list[Sample], subtests: pytest.Subtests
) -> None:
    for name in NAMES:
        with subtests.test(name):
            made = pipeline(name)
            for sample in pictures:
                sizes = {sample.size, sample.size[::-1]} if name in TURNING else {sample.size}
                results = [augment(sample, made, seed=seed) for seed in range(6)]
                for result in results:
                    assert result.image.shape[:2] in sizes
                    check_targets(sample, result)
                assert len({result.image.tobytes() for result in results}) >= 3


def test_flips_keep_every_pixel(pictures: list[Sample]) -> None:
    for sample in pictures:
        expected = colours(sample.image)
        for seed in range(8):
            result = augment(sample, pipeline("flips"), seed=seed)
            assert colours(result.image) == expected
            assert result.bboxes is not None
            assert sample.bboxes is not None
            assert len(result.bboxes) == len(sample.bboxes)


def test_colour_moves_nothing(pictures: list[Sample]) -> None:
    for sample in pictures:
        for seed in range(20):
            result = augment(sample, pipeline("colour"), seed=seed)
            np.testing.assert_array_equal(result.mask, sample.mask)
            np.testing.assert_allclose(result.bboxes, sample.bboxes, atol=1e-3)
            np.testing.assert_array_equal(result.keypoints, sample.keypoints)


def test_documents_are_never_mirrored() -> None:
    """A bright strip on the left stays there."""
    image = np.full((96, 96, 3), 40, np.uint8)
    image[:, 10:30] = 220
    for seed in range(40):
        result = augment(Sample(image), pipeline("documents"), seed=seed).image
        assert result[20:76, 12:28].mean() > result[20:76, 68:84].mean()


def test_strong_changes_more_than_medium_and_medium_more_than_light(pictures: list[Sample]) -> None:
    for sample in pictures[:-1]:
        light, medium, strong = (difference(name, sample) for name in ("light", "medium", "strong"))
        assert 1 < light < medium < strong


def test_a_name_that_is_no_preset_is_told() -> None:
    with pytest.raises(KeyError):
        draft("gentle")

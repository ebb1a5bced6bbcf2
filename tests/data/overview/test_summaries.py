"""Summaries beside plain numpy, and of a million images whether their intervals contain the truth."""

import numpy as np
import pytest

from explorer.data.contents import NO_LABEL, Contents
from explorer.data.overview import errors, summaries
from tests.data.overview.generated import measured

TOTAL = 1_000_000


@pytest.fixture(scope="module")
def million() -> Contents:
    """A data set of a million images that are nowhere, in two parts and three classes."""
    rng = np.random.default_rng(0)
    label = rng.choice([0, 1, 2, NO_LABEL], TOTAL, p=[0.7, 0.2, 0.09, 0.01]).astype(np.int32)
    part = (rng.random(TOTAL) < 0.2).astype(np.int8)
    return Contents("many", ("a", "b", "c"), ("train", "val"), range(TOTAL), str, part, label)  # type: ignore[arg-type]


def test_counts_are_exact(million: Contents) -> None:
    found = summaries.counts(million)
    assert found.shape == (2, 4)
    assert found.sum() == TOTAL
    assert found[1, 2] == ((million.part == 1) & (million.label == 2)).sum()
    assert found[0, 3] == ((million.part == 0) & (million.label == NO_LABEL)).sum()


def test_a_histogram_of_a_sample_contains_the_truth_where_it_says_so() -> None:
    inside = 0
    whole = measured(TOTAL // 50, TOTAL // 50, np.random.default_rng(1))
    truth = summaries.histogram(whole, "brightness", 10)
    assert (truth.low == truth.counts).all()
    assert (truth.counts == np.histogram(whole.brightness, truth.edges)[0]).all()
    for seed in range(20):
        rows = np.sort(np.random.default_rng(seed).choice(len(whole), 2000, replace=False))
        sample = whole.rows(rows)
        number = truth.bin_of(summaries.quantity(sample, "brightness"))
        low, high = errors.bounds(np.bincount(number[number >= 0], minlength=10), len(sample), len(whole))
        inside += int(((low * len(whole) <= truth.counts) & (truth.counts <= high * len(whole))).sum())
    assert 182 <= inside <= 200  # 95 % of 200


def test_bars_lead_to_their_images() -> None:
    some = measured(500, TOTAL, np.random.default_rng(2))
    for name in summaries.QUANTITIES:
        found = summaries.histogram(some, name, 12)
        rows = [summaries.rows_in(found, some, name, number) for number in range(len(found.counts))]
        assert [len(each) for each in rows] == found.counts.tolist()
        assert sum(map(len, rows)) == 500
        assert (found.low <= found.whole + 1e-6).all()
        assert found.whole.sum() == pytest.approx(TOTAL)


def test_channels_are_those_of_all_pixels_of_the_training_part() -> None:
    rng = np.random.default_rng(3)
    images = [rng.integers(0, 256, (int(height), 30, 3)).astype(np.uint8) for height in (10, 40, 25, 33)]
    part = np.array([0, 0, 1, 0], np.int8)
    some = measured(4, 4, rng)
    for row, pixels in enumerate(images):
        some.width[row], some.height[row] = 30, len(pixels)
        some.mean[row] = pixels.mean(axis=(0, 1)) / 255
        some.square[row] = ((pixels / 255.0) ** 2).mean(axis=(0, 1))
    contents = Contents("four", (), ("train", "val"), "abcd", str, part, np.zeros(4, np.int32))
    found = summaries.channels(contents, some)
    assert found is not None
    flat = np.concatenate([images[at].reshape(-1, 3) for at in (0, 1, 3)]) / 255
    assert np.allclose(found.mean, flat.mean(axis=0), atol=1e-6)
    assert np.allclose(found.std, flat.std(axis=0), atol=1e-5)
    assert (found.mean_error == 0).all()
    assert found.images == 3


def test_the_error_of_sampled_channels_is_what_samples_differ_by(million: Contents) -> None:
    draws = [summaries.channels(million, measured(400, TOTAL, np.random.default_rng(seed))) for seed in range(60)]
    means = np.array([found.mean for found in draws if found is not None])
    stated = np.mean([found.mean_error for found in draws if found is not None], axis=0)
    assert np.allclose(means.std(axis=0, ddof=1), stated, rtol=0.3)


def test_boxes_and_masks() -> None:
    some = measured(3, 3, np.random.default_rng(4))
    some.width[:], some.height[:] = 100, 50
    boxes = np.array([[0, 0, 50, 50, 1], [20, 10, 10, 30, 0], [90, 40, 120, 50, 1], [1, 1, 2, 2, 7]], np.float32)
    area = np.array([[0.5, 0.5], [1.0, 0.0], [np.nan, np.nan]], np.float32)
    some = type(some)(**{**some.__dict__, "boxes": boxes, "box_row": np.array([0, 0, 2, 2]), "mask_area": area})
    contents = Contents("three", ("a", "b"), ("train",), "abc", str, np.zeros(3, np.int8), np.zeros(3, np.int32))
    found = summaries.boxes(contents, some)
    assert found is not None
    assert found.width.tolist() == pytest.approx([0.5, -0.1, 0.3, 0.01])
    assert found.y.tolist() == pytest.approx([0.5, 0.4, 0.9, 0.03])
    assert found.empty.tolist() == [False, True, False, False]
    assert found.outside.tolist() == [False, False, True, False]
    assert found.counts.tolist() == [1, 2]
    assert found.per_image.tolist() == [2, 0, 2]
    areas = summaries.mask_areas(some)
    assert areas is not None
    assert areas.share.tolist() == [0.75, 0.25]
    assert areas.images.tolist() == [2, 1]
    assert areas.with_mask == 2


def test_damaged_images_count_for_no_histogram_and_no_size() -> None:
    some = measured(50, 50, np.random.default_rng(5))
    some = type(some)(**{**some.__dict__, "trouble": {3: "damaged", 4: "damaged"}})
    assert summaries.histogram(some, "width").counts.sum() == 48
    assert sum(len(size.rows) for size in summaries.sizes(some, most=100)) == 48

"""Duplicates beside brute force, and on planted copies."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.data.overview import hamming, look, near
from explorer.data.overview.measured import Measured
from explorer.data.overview.near import Duplicates
from tests.data.overview.generated import Pixels, photograph


@pytest.mark.parametrize("distance", [0, 3, 11])
def test_close_hashes_are_those_that_a_comparison_of_all_pairs_finds(distance: int) -> None:
    rng = np.random.default_rng(distance)
    some = rng.integers(0, 2**64, 300, dtype=np.uint64)
    flips = np.array([sum(1 << int(bit) for bit in rng.choice(64, rng.integers(1, 14), replace=False)) for _ in some])
    hashes = np.unique(np.concatenate([some, some ^ flips.astype(np.uint64)]))
    first, second = np.triu_indices(len(hashes), 1)
    bits = np.bitwise_count(hashes[first] ^ hashes[second])
    expected = set(zip(*(places[bits <= distance].tolist() for places in (first, second, bits)), strict=True))
    found = hamming.close(hashes, distance)
    assert set(zip(found.first.tolist(), found.second.tolist(), found.distance.tolist(), strict=True)) == expected
    assert len(found.first) == len(expected)


def test_many_hashes_are_found_in_wider_bands(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = np.unique(np.random.default_rng(0).integers(0, 2**12, 500, dtype=np.uint64))
    usual = hamming.close(hashes, 7)
    monkeypatch.setattr(hamming, "_MANY", 10)
    assert hamming.close(hashes, 7).first.tolist() == usual.first.tolist()


def _measured(images: list[Pixels]) -> Measured:
    table = np.frombuffer(
        b"".join(look.at_pixels(np.ascontiguousarray(pixels)).record for pixels in images), look.RECORD
    )
    names = ("width", "height", "size", "brightness", "contrast", "sharpness", "mean", "square", "dhash", "content")
    columns: dict[str, Any] = {name: table[name] for name in (*names, "thumbnail")}
    count = len(images)
    return Measured(total=count, index=np.arange(count), **columns, format=[""] * count, trouble={})


def _copies(pixels: Pixels, rng: np.random.Generator) -> dict[str, Pixels]:
    height, width = pixels.shape[:2]
    cut = round(height * 0.03), round(width * 0.03)
    top, left = rng.integers(0, cut[0] + 1), rng.integers(0, cut[1] + 1)
    coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 30])[1]
    return {
        "half the size": np.asarray(cv2.resize(pixels, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8),
        "JPEG of quality 30": np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8),
        "brighter": np.asarray(cv2.convertScaleAbs(pixels, alpha=1.1, beta=25), np.uint8),
        "cut by 3 %": pixels[top : height - cut[0] + top, left : width - cut[1] + left],
    }


def _aligned(rng: np.random.Generator) -> Pixels:
    """An image of a set with one layout, such as X-rays: most of it is the same in all images."""
    layout = photograph(np.random.default_rng(99)).astype(float)
    return np.asarray(np.clip(layout * 0.8 + photograph(rng) * 0.2, 0, 255), np.uint8)


# In a set with one layout a copy that is cut differs from its original more than originals from each other.
@pytest.mark.parametrize(("make", "least"), [(photograph, 36), (_aligned, 24)])
def test_planted_copies_are_found_and_others_are_not(make: object, least: int) -> None:
    rng = np.random.default_rng(3)
    assert callable(make)
    originals: list[Pixels] = [make(rng) for _ in range(120)]
    copies = [list(_copies(pixels, rng).values())[number % 4] for number, pixels in enumerate(originals[:40])]
    part = np.repeat(np.array([0, 1], np.int8), [120, 40])
    found = near.find(_measured([*originals, *copies]), part)
    planted = {(number, 120 + number) for number in range(40)}
    pairs = set(zip(found.pairs.first.tolist(), found.pairs.second.tolist(), strict=True))
    assert len(pairs & planted) >= least
    assert len(pairs - planted) <= 1
    assert found.pairs.crosses.sum() >= least
    assert not found.pairs.exact.any()


def test_exact_copies_make_one_cluster_and_those_across_parts_come_first() -> None:
    rng = np.random.default_rng(4)
    one, other, alone, flat = photograph(rng), photograph(rng), photograph(rng), np.full((90, 90, 3), 7, np.uint8)
    images = [one, one, other, alone, other, other, flat, flat + 1]
    part = np.array([0, 0, 0, 0, 1, 0, 0, 1], np.int8)
    found = near.find(_measured(images), part)
    assert [(each.members, each.exact, each.crosses) for each in found.clusters] == [
        ((2, 4, 5), True, True),
        ((0, 1), True, False),
    ]
    assert found.pairs.exact.all()
    assert found.pairs.crosses.tolist() == [True, False, False]
    assert found.notes[0].startswith("2 images have hardly any structure")


def test_images_that_are_gone_are_in_no_pair() -> None:
    rng = np.random.default_rng(4)
    one, other = photograph(rng), photograph(rng)
    alike = near.compare(_measured([one, other, one, other]))
    index, part = np.array([1, 0, -1, 2]), np.zeros(3, np.int8)
    found: Duplicates = near.grouped(alike, index, part)
    assert [each.members for each in found.clusters] == [(0, 2)]


def test_without_images_nothing_is_found() -> None:
    empty: NDArray[np.int8] = np.zeros(0, np.int8)
    assert near.find(_measured([photograph(np.random.default_rng(0))]).rows(empty), empty).clusters == ()


def _of_one_hash(rng: np.random.Generator) -> Pixels:
    """An image that becomes brighter from left to right, as a radiograph may, so that its hash has ones only."""
    slope = np.linspace(20, 200, 160)[None, :, None]
    return np.asarray(np.clip(slope + (photograph(rng).astype(float) - 128) * 0.12, 0, 255), np.uint8)


@pytest.mark.parametrize("many", [60, 200])
def test_copies_are_found_although_many_images_have_the_same_hash(many: int) -> None:
    rng = np.random.default_rng(6)
    images = [_of_one_hash(rng) for _ in range(many)]
    coded = [cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])[1] for pixels in images[1:4]]
    images += [np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8) for data in coded]
    measured = _measured(images)
    assert (np.unique(measured.dhash, return_counts=True)[1]).max() > many * 0.6
    found = near.find(measured, np.zeros(len(images), np.int8))
    pairs = set(zip(found.pairs.first.tolist(), found.pairs.second.tolist(), strict=True))
    assert {(number + 1, many + number) for number in range(3)} <= pairs
    assert any("same difference hash" in note for note in found.notes) == (many > 64)


def test_images_of_close_hashes_are_compared_one_by_one() -> None:
    same = np.array([0, 0, 1, 2, 2, 2])
    hashes = np.array([0, 1, 2**40 - 1], np.uint64)
    buckets = near._Buckets.of(same, np.zeros((6, 16, 16), np.uint8))
    close = hamming.close(hashes, 3)
    one, two, bits = buckets.compared(close, 64, 64)
    assert sorted(zip(one.tolist(), two.tolist(), bits.tolist(), strict=True)) == [
        (0, 1, 0), (0, 2, 1), (1, 2, 1), (3, 4, 0), (3, 5, 0), (4, 5, 0)
    ]  # fmt: skip
    for most in near._MEMBERS:
        bits = buckets.compared(close, most, most)[2]
        assert buckets.across(close, most) == np.count_nonzero(bits)
        assert buckets.within(most) >= np.count_nonzero(bits == 0)

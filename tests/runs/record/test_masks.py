"""Predicted masks come back as they were; a damaged or hostile file is refused, and no picture is decoded for it."""

import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest

from explorer.runs.record import mask_budget
from explorer.runs.record.mask_budget import MaskBudget
from explorer.runs.record.masks import MasksError, PredictedMasks, directory

SIDE = 24


def mask(seed: int, side: int = SIDE, flags: int = 0) -> bytes:
    """A mask as a PNG."""
    values = np.random.default_rng(seed).integers(0, 4, (side, side)).astype(np.uint8)
    picture = np.dstack([values] * 3) if flags else values
    return cv2.imencode(".png", picture)[1].tobytes()


def read_one_by_one(path: Path) -> dict[int, bytes | None]:
    stored = directory(path)
    return {place: stored.read(place) for place in stored.places}


def test_masks_come_back_all_or_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "epochs" / "1-0-masks.npz"
    found = {place: mask(place) for place in (0, 3, 11)}
    PredictedMasks(SIDE, found).save(path)
    assert PredictedMasks.load(path).pictures == found
    assert directory(path).places == (0, 3, 11)
    assert directory(path).side == SIDE
    assert read_one_by_one(path) == found
    assert [directory(path).read(place) for place in (4, 12)] == [None, None]
    assert set(PredictedMasks.load(path).only(2).pictures) == {0}


@pytest.mark.parametrize(
    "picture",
    [b"", mask(0)[:20], mask(0, side=25), mask(0, flags=1), b"GIF89a" + mask(0), mask(0) + bytes(20_000)],
    ids=["empty", "torn", "another size", "colors", "another format", "far too long"],
)
def test_what_is_no_mask_of_the_size_is_refused(tmp_path: Path, picture: bytes) -> None:
    np.savez(tmp_path / "m.npz", side=np.array(SIDE), **{"0": np.frombuffer(picture, np.uint8)})
    for read in (PredictedMasks.load, read_one_by_one):
        with pytest.raises(MasksError):
            read(tmp_path / "m.npz")


def test_files_that_hold_something_else_are_refused_and_nothing_is_unpickled(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (Path.touch, (str(tmp_path / "touched"),))

    path = tmp_path / "m.npz"
    good = np.frombuffer(mask(0), np.uint8)
    files = [
        {"side": np.array(SIDE), "0": np.array([Evil()], object)},
        {"side": np.array(SIDE), "../0": good},
        {"side": np.array(SIDE), "٣": good},
        {"side": np.array(10**9), "0": good},
        {"0": good},
        {"side": np.array(SIDE), "0": good.astype(np.float32)},
    ]
    for arrays in files:
        np.savez(path, **arrays)
        for read in (PredictedMasks.load, read_one_by_one):
            with pytest.raises(MasksError):
                read(path)
    for content in (b"", b"PK", pickle.dumps(Evil())):
        path.write_bytes(content)
        with pytest.raises(MasksError):
            directory(path)
    np.savez_compressed(path, side=np.array(SIDE), **{"0": np.zeros(10**6, np.uint8)})
    for read in (PredictedMasks.load, read_one_by_one):
        with pytest.raises(MasksError, match="unpack"):
            read(path)
    assert not (tmp_path / "touched").exists()


def test_flipped_bits_give_the_masks_of_their_images_or_an_error(tmp_path: Path) -> None:
    path, random = tmp_path / "m.npz", np.random.default_rng(3)
    PredictedMasks(SIDE, {place: mask(place) for place in range(3)}).save(path)
    whole = path.read_bytes()
    for _ in range(300):
        content = bytearray(whole)
        content[random.integers(len(content))] ^= 1 << int(random.integers(8))
        path.write_bytes(content)
        for read in (lambda path: PredictedMasks.load(path).pictures, read_one_by_one):
            try:
                found = read(path)
            except MasksError:
                continue
            assert all(picture == mask(place) for place, picture in found.items())


def test_a_mask_is_refused_where_its_file_has_become_another_one(tmp_path: Path) -> None:
    path = tmp_path / "m.npz"
    PredictedMasks(SIDE, {place: mask(place) for place in range(9)}).save(path)
    before = directory(path)
    PredictedMasks(SIDE, {place: mask(place + 50) for place in range(0, 9, 3)}).save(path)
    with pytest.raises(MasksError, match="not where it was"):
        before.read(3)


def test_a_budget_keeps_all_masks_where_they_fit_and_else_those_of_evenly_spaced_images() -> None:
    small = MaskBudget(120, 96, 6)
    assert (small.stored, small.followed) == (1, 1)
    long = MaskBudget(2_000, 256, 100)
    assert (long.stored, long.followed) == (1, 4)
    large = MaskBudget(100_000, 512, 100)
    assert large.followed % large.stored == 0
    assert -(-large.images // large.stored) * 512**2 <= mask_budget.EPOCH_PIXELS
    for budget in (small, long, large, MaskBudget(1, 512, 1)):
        assert budget.run_bytes <= mask_budget.RUN_BYTES

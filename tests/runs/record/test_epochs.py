"""The record of an epoch comes back as it was; a damaged one is refused, and nothing is ever unpickled."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from explorer.runs.record.epochs import EpochRecord, EpochRecordError
from explorer.runs.record.running import Running


def _record(classes: int = 3, samples: int | None = 5) -> EpochRecord:
    random = np.random.default_rng(7)
    counts = random.integers(0, 100, (classes, classes))
    histograms = random.integers(0, 9, (2, classes, 32))
    areas = np.append(random.random(classes - 1), np.nan)
    if samples is None:
        return EpochRecord(counts, histograms[0], histograms[1], auroc=areas)
    logits = random.normal(size=(samples, classes)).astype(np.float32)
    return EpochRecord(counts, histograms[0], histograms[1], logits, random.integers(0, classes, samples), areas)


def _assert_equal(one: EpochRecord, other: EpochRecord) -> None:
    for name in ("confusion", "positives", "negatives", "logits", "labels", "auroc"):
        left, right = getattr(one, name), getattr(other, name)
        if left is None:
            assert right is None
        else:
            np.testing.assert_array_equal(left, right)
            assert left.dtype == right.dtype


@pytest.mark.parametrize("samples", [None, 0, 5])
def test_a_record_comes_back_as_it_was(tmp_path: Path, samples: int | None) -> None:
    record = _record(samples=samples)
    record.save(tmp_path / "epochs" / "1-0.npz")
    _assert_equal(EpochRecord.load(tmp_path / "epochs" / "1-0.npz"), record)
    assert [path.name for path in (tmp_path / "epochs").iterdir()] == ["1-0.npz"]


def test_scores_of_single_samples_are_left_where_the_areas_are_known(tmp_path: Path) -> None:
    record = _record()
    record.save(tmp_path / "e.npz")
    found = EpochRecord.load(tmp_path / "e.npz", scores=False)
    assert (found.logits, found.labels) == (None, None)
    np.testing.assert_array_equal(found.auroc, record.auroc)
    before = EpochRecord(record.confusion, record.positives, record.negatives, record.logits, record.labels)
    before.save(tmp_path / "before.npz")
    _assert_equal(EpochRecord.load(tmp_path / "before.npz", scores=False), before)


def test_counts_beyond_32_bits_survive(tmp_path: Path) -> None:
    counts = np.array([[2**40, 0], [1, 3]])
    EpochRecord(counts, np.zeros((2, 4), np.int64), np.zeros((2, 4), np.int64)).save(tmp_path / "e.npz")
    np.testing.assert_array_equal(EpochRecord.load(tmp_path / "e.npz").confusion, counts)


def test_scores_close_to_each_other_stay_apart(tmp_path: Path) -> None:
    logits = np.array([[0, 20], [0, 20.000002]], np.float32)
    counts = np.zeros((2, 2), np.int64)
    record = EpochRecord(counts, counts, counts, logits, np.array([0, 1]))
    record.save(tmp_path / "e.npz")
    loaded = EpochRecord.load(tmp_path / "e.npz").logits
    assert loaded is not None
    assert loaded[1, 1] > loaded[0, 1]


@pytest.mark.parametrize("content", [b"", b"not an npz", b"PK\x03\x04", pickle.dumps({"confusion": 1})])
def test_a_file_that_is_something_else_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "e.npz").write_bytes(content)
    with pytest.raises(EpochRecordError, match="cannot be read as the record of an epoch"):
        EpochRecord.load(tmp_path / "e.npz")


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_before_it_does(tmp_path: Path) -> None:
    many = np.zeros((1, 50_000_000), np.uint8)
    confusion = np.zeros((1, 1), np.int64)
    np.savez_compressed(tmp_path / "0.npz", confusion=confusion, positives=many, negatives=many)
    assert (tmp_path / "0.npz").stat().st_size < 200_000
    with pytest.raises(EpochRecordError, match=r"it would unpack to 100,\d+,\d+ bytes"):
        EpochRecord.load(tmp_path / "0.npz")
    np.savez_compressed(tmp_path / "running.npz", place=np.array([0, 1]), confusion=np.zeros((3000, 3000), np.uint8))
    assert Running.load(tmp_path / "running.npz") is None


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.npz", tmp_path):
        with pytest.raises(EpochRecordError):
            EpochRecord.load(path)


def test_a_truncated_file_is_refused_wherever_it_was_cut(tmp_path: Path) -> None:
    _record().save(tmp_path / "e.npz")
    content = (tmp_path / "e.npz").read_bytes()
    for cut in range(0, len(content) - 1, 61):
        (tmp_path / "e.npz").write_bytes(content[:cut])
        with pytest.raises(EpochRecordError):
            EpochRecord.load(tmp_path / "e.npz")


def test_a_flipped_byte_is_either_harmless_or_refused(tmp_path: Path) -> None:
    record = _record()
    record.save(tmp_path / "e.npz")
    content = (tmp_path / "e.npz").read_bytes()
    refused = 0
    for place in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[place] ^= 0x55
        (tmp_path / "e.npz").write_bytes(damaged)
        try:
            _assert_equal(EpochRecord.load(tmp_path / "e.npz"), record)
        except EpochRecordError:
            refused += 1
    assert refused > len(content) // 7 // 2


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def test_pickled_content_is_refused_and_not_run(tmp_path: Path) -> None:
    trap = np.array([Trap(tmp_path / "sprung")], object)
    np.savez(tmp_path / "e.npz", confusion=trap, positives=trap, negatives=trap)
    with pytest.raises(EpochRecordError):
        EpochRecord.load(tmp_path / "e.npz")
    assert not (tmp_path / "sprung").exists()


def test_arrays_that_do_not_fit_together_are_no_record(tmp_path: Path) -> None:
    square, histogram, logits = np.zeros((2, 2), np.int64), np.zeros((2, 8), np.int64), np.zeros((4, 2), np.float32)
    for wrong, message in (
        ((np.zeros((2, 3), np.int64), histogram, histogram), r"confusion must be \(C, C\) or \(C, 2, 2\); got"),
        ((square, histogram, histogram[:1]), r"positives and negatives must both be \(2, B\)"),
        ((square, histogram, histogram, logits), "given together"),
        ((square, histogram, histogram, logits, np.zeros(3, np.int64)), r"logits must be \(3, 2\); got \(4, 2\)"),
        ((square, histogram, histogram, None, None, np.zeros(3)), r"auroc must be \(2,\); got \(3,\)"),
    ):
        with pytest.raises(ValueError, match=message):
            EpochRecord(*wrong)
    np.savez(tmp_path / "e.npz", confusion=np.zeros((2, 3)), positives=histogram, negatives=histogram)
    with pytest.raises(EpochRecordError):
        EpochRecord.load(tmp_path / "e.npz")


def _spoilt(name: str, margins: NDArray[Any], borders: NDArray[Any] | None = None) -> Any:
    arrays = {"margins": margins} | ({} if borders is None else {"borders": borders})
    return pytest.param(arrays, id=name)


@pytest.mark.parametrize(
    "arrays",
    [
        _spoilt("no class", np.zeros((1_000_000_000, 0, 3), np.uint8)),
        _spoilt("negative", np.full((4, 3, 3), -5)),
        _spoilt("more right than there are", np.array([[[10, 1, 1]] * 3])),
        _spoilt("more near than there are", np.ones((1, 3, 3), int), np.array([[[3, 1, 0, 0]] * 3])),
        pytest.param({"confusion": np.array(3)}, id="no axis"),
        pytest.param({"confusion": np.zeros((3, 3), [("a", int)])}, id="structures"),
        pytest.param({"positives": np.full((3, 4), -1)}, id="negative histogram"),
        pytest.param({"confusion": np.ones((3, 2, 2), int), "sets": np.full((2, 4), -1)}, id="negative sets"),
    ],
)
def test_a_file_of_impossible_counts_is_refused_before_it_takes_memory(
    tmp_path: Path, arrays: dict[str, NDArray[Any]]
) -> None:
    usual = {"confusion": np.eye(3), "positives": np.ones((3, 4)), "negatives": np.ones((3, 4)), "auroc": np.ones(3)}
    np.savez(tmp_path / "e.npz", **usual)
    EpochRecord.load(tmp_path / "e.npz")
    np.savez(tmp_path / "e.npz", **(usual | arrays))
    with pytest.raises(EpochRecordError, match="cannot be read as the record of an epoch"):
        EpochRecord.load(tmp_path / "e.npz")
    np.savez(tmp_path / "e.npz", place=np.array([1, 1]), confusion=usual["confusion"])
    assert Running.load(tmp_path / "e.npz") is not None
    if not {"margins", "positives", "sets"} & set(arrays):
        np.savez(tmp_path / "e.npz", place=np.array([1, 1]), confusion=arrays["confusion"])
        assert Running.load(tmp_path / "e.npz") is None

import multiprocessing
import os
import signal
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest

from explorer.training.studies import bank, blobs
from explorer.training.studies.bank import FeatureBank, hash_of
from explorer.training.studies.blobs import Blobs
from explorer.training.studies.errors import StudyError

KEYS = [number.to_bytes(16) for number in range(40)]
VECTORS = {key: np.full(300, number, np.float16) for number, key in enumerate(KEYS)}


def file_of(folder: Path) -> Path:
    (found,) = folder.glob("*.sqlite")
    return found


def test_vectors_are_found_again_by_network_and_pixels() -> None:
    FeatureBank.open().add("a", VECTORS)
    again = FeatureBank.open()
    found = again.get("a", [*KEYS, b"absent"])
    assert found.keys() == VECTORS.keys()
    assert all(np.array_equal(found[key], VECTORS[key]) for key in KEYS)
    assert again.get("b", KEYS) == {}
    assert again.trouble == ""


def test_hashes_differ_by_dtype_and_shape() -> None:
    image = np.zeros((2, 2, 3), np.float32)
    assert len({hash_of(image), hash_of(image.reshape(1, 4, 3)), hash_of(image.view(np.uint32))}) == 3


def test_a_damaged_vector_is_noticed_and_replaced() -> None:
    kept = FeatureBank.open()
    kept.add("a", VECTORS)
    with sqlite3.connect(file_of(bank.folder())) as connection:
        connection.execute("UPDATE content SET blob = zeroblob(600) WHERE id = 7")
    connection.close()
    missing = set(KEYS) - kept.get("a", KEYS).keys()
    assert len(missing) == 1
    kept.add("a", {key: VECTORS[key] for key in missing})
    assert kept.get("a", KEYS).keys() == VECTORS.keys()


@pytest.mark.parametrize("damage", [b"no database" * 100, None])
def test_a_damaged_file_gives_way_to_an_empty_one(damage: bytes | None) -> None:
    kept = FeatureBank.open()
    kept.add("a", VECTORS)
    file = file_of(bank.folder())
    file.write_bytes(damage or file.read_bytes()[: file.stat().st_size // 2])
    lost = kept.get("a", KEYS)
    assert all(np.array_equal(vector, VECTORS[key]) for key, vector in lost.items())
    kept.add("a", VECTORS)  # may find the damage only now
    kept.add("a", VECTORS)
    assert kept.get("a", KEYS).keys() == VECTORS.keys()
    assert file_of(bank.folder()) != file


def test_a_file_that_another_process_replaced_is_not_replaced_again() -> None:
    kept = FeatureBank.open()
    kept.add("a", VECTORS)
    damaged = file_of(bank.folder())
    damaged.with_name(damaged.name.replace("000001", "000002")).touch()  # by the other process
    kept.add("a", VECTORS)
    Blobs(bank.folder(), 1, "")._replace(damaged)
    assert kept.get("a", KEYS).keys() == VECTORS.keys()


def test_what_was_used_least_recently_is_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "_IN_USE_S", -1.0)
    kept = Blobs(tmp_path / "kept", 600_000, "full")
    keys = [number.to_bytes(16) for number in range(100)]
    now = time.time()
    for number, key in enumerate(keys):
        monkeypatch.setattr(time, "time", lambda number=number: now + 1000 * number)
        kept.add({key: bytes(12_000)})
        kept.get(keys[:1])
    left = kept.get(keys)
    assert keys[0] in left
    assert keys[1] not in left
    assert keys[-1] in left
    assert sum(path.stat().st_size for path in (tmp_path / "kept").iterdir()) < 900_000
    assert kept.trouble == ""


def test_what_is_in_use_is_not_dropped(tmp_path: Path) -> None:
    kept = Blobs(tmp_path / "kept", 300_000, "It is full")
    for key in KEYS:
        kept.add({key: bytes(12_000)})
    assert kept.trouble == "It is full"
    assert 5 < len(kept.get(KEYS)) < 40


def test_a_limit_of_nothing_keeps_nothing_and_a_wrong_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(bank.DISK, "0")
    kept = FeatureBank.open()
    kept.add("a", VECTORS)
    assert kept.get("a", KEYS) == {}
    assert not bank.folder().exists()
    monkeypatch.setenv(bank.DISK, "much")
    with pytest.raises(StudyError, match=r"EXPLORER_FEATURES_DISK is 'much'\. Expected GB"):
        FeatureBank.open()


def test_a_folder_that_cannot_be_written_is_a_trouble_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    kept = Blobs(tmp_path / "file" / "kept", 10**6, "full")
    kept.add({b"key": b"blob"})
    assert kept.trouble.startswith("Nothing more can be kept in ")
    assert kept.get([b"key"]) == {}


def _add_for_ever(folder: Path) -> None:
    kept = Blobs(folder, 10**9, "full")
    for number in range(10**6):
        kept.add({(number * 50 + each).to_bytes(16): number.to_bytes(2500) for each in range(50)})


def test_kills_of_two_writers_lose_nothing_that_was_kept(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    kept = Blobs(tmp_path / "kept", 10**9, "full")
    before = 0
    for _ in range(3):
        writers = [context.Process(target=_add_for_ever, args=(tmp_path / "kept",)) for _ in range(2)]
        for writer in writers:
            writer.start()
        while not kept.get([before.to_bytes(16)]):
            assert all(writer.is_alive() for writer in writers)
            time.sleep(0.01)
        for writer in writers:
            assert writer.pid is not None
            os.kill(writer.pid, signal.SIGKILL)
            writer.join()
        found = _all(kept)
        assert len(found) > before
        assert len(found) % 50 == 0
        assert all(blob == (int.from_bytes(key) // 50).to_bytes(2500) for key, blob in found.items())
        before = len(found)
    assert kept.trouble == ""


def _all(kept: Blobs) -> dict[bytes, bytes]:
    """All that writers have added, who add the same in the same order, however far they came."""
    found: dict[bytes, bytes] = {}
    while more := kept.get([number.to_bytes(16) for number in range(len(found), len(found) + 1000)]):
        found |= more
    return found

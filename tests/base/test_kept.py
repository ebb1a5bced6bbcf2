"""Values that are kept within a budget of bytes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from explorer.base.kept import Kept


def test_the_values_used_last_stay_within_the_budget() -> None:
    read: list[str] = []
    kept: Kept[bytes] = Kept(10, len)

    def get(key: str, size: int) -> bytes:
        return kept.get(key, lambda: read.append(key) or bytes(size))  # type: ignore[func-returns-value]

    get("a", 4), get("b", 4), get("a", 4), get("c", 4)
    assert (read, kept.held) == (["a", "b", "c"], 8)
    get("a", 4), get("b", 4)
    assert read == ["a", "b", "c", "b"]
    assert len(get("large", 11)) == 11
    assert kept.held == 8


def test_one_reads_while_others_wait_for_that_value_only() -> None:
    kept: Kept[bytes] = Kept(10, len)
    reading, go_on = threading.Event(), threading.Event()
    count: list[int] = []

    def slowly() -> bytes:
        count.append(1)
        reading.set()
        assert go_on.wait(60)
        return b"slow"

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(kept.get, "slow", slowly) for _ in range(2)]
        assert reading.wait(60)
        assert kept.get("quick", lambda: b"quick") == b"quick"
        go_on.set()
        assert [each.result() for each in both] == [b"slow"] * 2
    assert count == [1]


def test_a_value_that_two_have_read_at_the_same_time_counts_once() -> None:
    kept: Kept[bytes] = Kept(10, len)
    kept.get("a", lambda: kept._add("a", bytes(6)) or bytes(4))  # type: ignore[func-returns-value]
    assert (kept.held, kept.get("a", bytes)) == (4, bytes(4))


def test_a_value_that_cannot_be_read_is_read_again() -> None:
    kept: Kept[bytes] = Kept(10, len)
    with pytest.raises(OSError, match="no disk"):
        kept.get("a", lambda: (_ for _ in ()).throw(OSError("no disk")))
    assert kept.get("a", lambda: b"there") == b"there"

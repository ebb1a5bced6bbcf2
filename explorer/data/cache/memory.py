"""Records in memory, within a budget."""

from collections.abc import Sequence

import numpy as np

from explorer.data.cache.record import Bytes


class Memory:
    """Records by their index, within a budget; forked loader workers share it.

    Attributes:
        room: bytes that it may still take.
        held: bytes that it takes.
    """

    def __init__(self, count: int, room: int) -> None:
        self.room = room
        self.held = 0
        # A few large arrays instead of many objects: Python counts references inside each object, and a count that a
        # forked worker changes makes it copy the page.
        self._chunks: list[Bytes] = []
        self._chunk = np.full(count, -1, np.int32)  # the chunk that holds each record, -1 for none
        self._span = np.zeros((count, 2), np.int64)  # where each record begins and ends in its chunk

    def add(self, records: Sequence[tuple[int, Bytes]]) -> None:
        """Hold the first of these pairs of index and record, as many as there is room for."""
        ends = np.cumsum([len(record) for _, record in records], dtype=np.int64)
        fitting = int(np.searchsorted(ends, self.room, side="right"))
        if not fitting:
            return
        for (index, record), end in zip(records[:fitting], ends.tolist(), strict=False):
            self._chunk[index] = len(self._chunks)
            self._span[index] = end - len(record), end
        self._chunks.append(np.concatenate([record for _, record in records[:fitting]]))
        self.room -= int(ends[fitting - 1])
        self.held += int(ends[fitting - 1])

    def holds(self) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
        """(N,) bool: whether each record is held."""
        return self._chunk >= 0

    def record(self, index: int) -> Bytes | None:
        """The bytes of a record; None where it is not held."""
        chunk = self._chunk[index]
        if chunk < 0:
            return None
        start, end = self._span[index]
        held: Bytes = self._chunks[chunk][start:end]
        return held

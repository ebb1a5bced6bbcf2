"""Where the records of a split are: in memory, in files, or nowhere."""

from collections.abc import Sequence

import numpy as np

from explorer.data.cache.pack import Pack, Place
from explorer.data.cache.record import Bytes


class Kept:
    """Records by index; travels to loader workers, and forked ones share its memory.

    memory: bytes that it may still take. held: bytes that it has taken, in `in_memory` records.
    """

    def __init__(self, count: int, memory: int) -> None:
        self.memory = memory
        self.held = 0
        self._packs: list[Pack] = []
        # A few large arrays: Python counts references inside its objects, and a count that a worker changes makes it
        # copy the page. `_pack` and `_chunk` are -1 where there is none.
        self._pack = np.full(count, -1, np.int16)
        self._place = np.zeros((count, len(Place._fields)), np.int64)
        self._chunks: list[Bytes] = []
        self._chunk = np.full(count, -1, np.int32)
        self._span = np.zeros((count, 2), np.int64)  # in its chunk

    @property
    def in_memory(self) -> int:
        """How many records are in memory."""
        return int((self._chunk >= 0).sum())

    @property
    def in_files(self) -> int:
        """How many records are in files only."""
        return int(((self._pack >= 0) & (self._chunk < 0)).sum())

    @property
    def nowhere(self) -> int:
        """How many are not kept."""
        return int(((self._pack < 0) & (self._chunk < 0)).sum())

    def put_in_file(self, index: int, pack: Pack, place: Place) -> None:
        """The record lies there."""
        if pack not in self._packs:
            self._packs.append(pack)
        self._pack[index] = self._packs.index(pack)
        self._place[index] = place

    def put_in_memory(self, records: Sequence[tuple[int, Bytes]]) -> None:
        """Hold (index, record), as many of the first ones as the memory allows."""
        ends = np.cumsum([len(record) for _, record in records], dtype=np.int64)
        fitting = int(np.searchsorted(ends, self.memory, side="right"))
        if not fitting:
            return
        total = int(ends[fitting - 1])
        for (index, record), end in zip(records[:fitting], ends.tolist(), strict=False):
            self._chunk[index] = len(self._chunks)
            self._span[index] = end - len(record), end
        self._chunks.append(np.concatenate([record for _, record in records[:fitting]]))
        self.memory -= total
        self.held += total

    def record(self, index: int) -> Bytes | None:
        """The bytes of a record, or None where they are nowhere or damaged. Raises OSError."""
        chunk = self._chunk[index]
        if chunk >= 0:
            start, end = self._span[index]
            held: Bytes = self._chunks[chunk][start:end]
            return held
        pack = self._pack[index]
        return None if pack < 0 else self._packs[pack].read(Place(*self._place[index].tolist()))

    def is_in_file(self, index: int) -> bool:
        """Whether a file has it, and the memory not."""
        return bool(self._pack[index] >= 0 and self._chunk[index] < 0)

"""One pass over a split that finds the images that are kept already, and decodes and keeps the others."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from explorer.base import locks
from explorer.data.cache.contents import MEMO, hashed_split, joined_digest, key, lock_name
from explorer.data.cache.memo import Stamp, stamp_of
from explorer.data.cache.memory import Memory
from explorer.data.cache.record import Bytes, least_bytes, pack
from explorer.data.cache.store import Store
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.prepare import load
from explorer.data.stored import ImageError

_AT_ONCE = 64  # images that are decoded side by side
_AT_ONCE_BYTES = 32e6  # of their pixels, about
_LOOK_EVERY_S = 0.1
PATIENCE_S = 20.0  # with another process that decodes the same images but makes no progress


@dataclass
class Filling:
    """One pass over a split. Processes that fill from the same data set take turns, and find each other's files.

    Attributes:
        split: the samples.
        fit: the size that they are kept at.
        words: name the data set; they choose the lock that gives the turns.
        report: called with the number of images that are done, also while it waits; what it raises ends the filling.
        keys: after `run`, for each image the key of its file.
        in_file: after `run`, whether each image has a file.
        decoded: how many images were decoded.
        digest: after `run`, the digest of all contents.
    """

    split: Split
    fit: Fit
    words: str
    memory: Memory
    store: Store
    pool: ThreadPoolExecutor
    report: Callable[[int], None]
    keys: list[bytes] = field(default_factory=list)
    in_file: list[bool] = field(default_factory=list)
    decoded: int = 0
    digest: str = ""
    _stamps: list[Stamp | None] = field(default_factory=list)
    _waits: bool = False  # for another process whose turn it may be
    _turn: locks.Held | None = None

    def run(self) -> None:
        """Go through all images. Raises ImageError where one cannot be read."""
        self.store.open()
        self._hash_all()
        self.store.needed = frozenset(self.keys)
        self._waits = self.store.takes
        try:
            for places in self._portions():
                self._place(places, self._find(places))
        finally:
            if self._turn is not None:
                self._turn.path.unlink(missing_ok=True)
                self._turn.release()

    def _hash_all(self) -> None:
        contents: list[bytes] = []
        memo_file = self.store.folder / MEMO if self.store.takes else None
        for portion in hashed_split(self.split, memo_file, self.pool):
            self.report(0)  # nothing is ready yet
            self._stamps += [stamp for stamp, _ in portion]
            contents += [content for _, content in portion]
        self.keys = [key(content, self.fit, self.split.reading) for content in contents]
        self.digest = joined_digest(contents)

    def _portions(self) -> Iterator[range]:
        count = len(self.split)
        step = max(1, min(_AT_ONCE, int(_AT_ONCE_BYTES / (3 * self.fit.most**2))))
        return (range(start, min(start + step, count)) for start in range(0, count, step))

    def _find(self, places: range) -> set[int]:
        """The images that have a file, after waiting for another process that decodes, as long as it makes progress."""
        found = self._with_file(places)
        progress_at = time.monotonic()
        while self._waits and len(found) < len(places):
            if time.monotonic() - progress_at > PATIENCE_S:
                self._waits = False  # to decode an image twice does no harm
                break
            if self._takes_turn():
                self._waits = False  # after one more look: the other process has added files until now
            else:
                self.report(places.start)
                time.sleep(_LOOK_EVERY_S)
            if more := self._with_file(set(places) - found):
                progress_at = time.monotonic()
                found |= more
        return found

    def _takes_turn(self) -> bool:
        """Whether this process may decode now: it has the lock, or the folder has no locks."""
        try:
            self._turn = locks.take(self.store.folder / lock_name(self.words, self.fit))
        except OSError:
            return True
        return self._turn is not None

    def _with_file(self, places: Iterable[int]) -> set[int]:
        return {at for at in places if self.store.has(self.keys[at])}

    def _place(self, places: range, in_file: set[int]) -> None:
        """Bring images to where there is room for them. in_file: those that have a file."""
        read: dict[int, Bytes] = {}
        if self._memory_takes:
            read = {at: record for at in in_file if (record := self.store.read(self.keys[at])) is not None}
            in_file &= read.keys()  # a damaged one is decoded again
        made: dict[int, Bytes] = {}
        absent = [at for at in places if at not in in_file]
        if self.store.takes or self._memory_takes:
            made = self._decode_all(absent, places.stop - len(absent), in_file)
        self.memory.add(sorted((read | made).items()))
        self.in_file += [at in in_file for at in places]
        self.report(places.stop)

    @property
    def _memory_takes(self) -> bool:
        return self.memory.room >= least_bytes(self.fit)

    def _decode_all(self, absent: Sequence[int], done: int, in_file: set[int]) -> dict[int, Bytes]:
        """Decode images. Those that get a file are added to `in_file`."""
        made: dict[int, Bytes] = {}
        for at, (record, is_kept) in zip(absent, self.pool.map(self._decode, absent), strict=True):
            made[at] = record
            in_file |= {at} if is_kept else set()
            self.decoded += 1
            self.report(done + len(made))
        return made

    def _decode(self, at: int) -> tuple[Bytes, bool]:
        """The record of an image, and whether it has a file now."""
        record = pack(load(self.split, at, self.fit))
        source = self.split.source(at)
        if isinstance(source, Path) and stamp_of(source) != self._stamps[at]:
            raise ImageError(f"{self.split.ids[at]} changes while it is read. Start again later.")
        return record, self.store.add(self.keys[at], record)

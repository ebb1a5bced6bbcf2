"""The decoded images of a split at one size: in memory as far as there is room, then in files."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from explorer.base import locks
from explorer.data.cache.contents import MEMO, hash_split, key, stamps_of
from explorer.data.cache.limits import DISK, Limits, folder
from explorer.data.cache.memo import Stamp
from explorer.data.cache.record import Bytes, least_bytes, pack, unpack
from explorer.data.cache.store import Store
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.prepare import load
from explorer.data.sample import Sample
from explorer.data.stored import ImageError

_LOG = logging.getLogger(__name__)
_AT_ONCE = 64  # images that are decoded side by side
_AT_ONCE_BYTES = 32e6  # of their pixels, about
_LOOK_EVERY_S = 0.1
PATIENCE_S = 20.0  # with another process that decodes the same images but makes no progress


@dataclass(frozen=True)
class Tally:
    """Where the images of a split are kept.

    Attributes:
        images: how many images there are.
        in_memory: how many of them are in memory.
        held: bytes of memory that these take.
        in_files: how many are in files only.
        uncached: how many are kept nowhere, so that each look at one decodes it.
        decoded: how many were decoded to fill the cache.
        trouble: why files hold no more, or "".
    """

    images: int
    in_memory: int
    held: int
    in_files: int
    uncached: int
    decoded: int
    trouble: str


class Cache:
    """Samples of a split at one size, with masks, boxes and keypoints; it can be pickled for loader workers.

    Attributes:
        records: what is in memory, by the indices of samples; forked loader workers share it.
        room: bytes of memory that are free for more.
        store, keys, in_file: the files, the key of each sample, and the indices of samples that have a file.
        decoded: how many samples had to be decoded.
        contents: the hash of what each sample is made of, after `fill`.
    """

    def __init__(self, split: Split, fit: Fit, limits: Limits, words: str) -> None:
        """Make an empty cache. words: name the data set; processes that decode the same one take turns."""
        self.split = split
        self.fit = fit
        self.words = words
        full = f"The cache of images may take {limits.disk / 1e9:.3g} GB of the disk ({DISK}), which is full"
        self.store = Store(folder(), limits.disk, full)
        self.records: dict[int, Bytes] = {}
        self.room = limits.memory
        self._memory = limits.memory
        self.keys: list[bytes] = []
        self.in_file: set[int] = set()
        self.decoded = 0
        self.contents: tuple[bytes, ...] = ()

    def fill(self, threads: int, report: Callable[[int], None]) -> None:
        """Look up all samples, and decode those that are not kept yet.

        What a process has done until it is killed is there for the next one.

        Args:
            threads: how many read and decode at once.
            report: called with the number of samples that are done, also while it waits; what it raises ends the
                filling.

        Raises:
            ImageError: an image cannot be read.
        """
        with ThreadPoolExecutor(threads) as pool:
            _Filling(self, pool, report).run()

    def sample(self, index: int) -> Sample:
        """The sample at `index`, decoded where it is kept nowhere. Raises ImageError."""
        record = self.records.get(index)
        if record is None and index in self.in_file:
            record = self.store.read(self.keys[index])
            if record is None:
                _LOG.warning("The cache has lost or damaged %s: it is decoded again.", self.split.ids[index])
        if record is None:
            return load(self.split, index, self.fit)
        return unpack(record, self.split.label_of(index), self.split.ids[index])

    @property
    def tally(self) -> Tally:
        """Where the samples are now."""
        in_memory, in_files = len(self.records), len(self.in_file - self.records.keys())
        return Tally(
            images=len(self.split),
            in_memory=in_memory,
            held=self._memory - self.room,
            in_files=in_files,
            uncached=len(self.split) - in_memory - in_files,
            decoded=self.decoded,
            trouble=self.store.trouble,
        )


class _Filling:
    """One pass that finds the images that are kept already, and decodes and keeps the others.

    Processes that fill from the same data set take turns, and find each other's files.
    """

    def __init__(self, cache: Cache, pool: ThreadPoolExecutor, report: Callable[[int], None]) -> None:
        self._cache = cache
        self._split, self._fit, self._store = cache.split, cache.fit, cache.store
        self._pool = pool
        self._report = report
        self._stamps: list[tuple[Stamp, ...]] = []
        self._waits = False  # for another process whose turn it may be
        self._turn: locks.Held | None = None

    def run(self) -> None:
        """Go through all images. Raises ImageError where one cannot be read."""
        self._store.open()
        self._hash_all()
        self._store.needed = frozenset(self._cache.keys)
        self._waits = self._store.takes
        try:
            for places in self._portions():
                self._place(places, self._find(places))
        finally:
            if self._turn is not None:
                self._turn.path.unlink(missing_ok=True)
                self._turn.release()

    def _hash_all(self) -> None:
        memo_file = self._store.folder / MEMO if self._store.takes else None
        hashed = hash_split(self._split, memo_file, self._pool, lambda done: self._report(0))  # nothing is ready yet
        self._stamps = [stamp for stamp, _ in hashed]
        self._cache.contents = tuple(content for _, content in hashed)
        self._cache.keys = [key(content, self._fit, self._split.reading) for content in self._cache.contents]

    def _portions(self) -> Iterator[range]:
        count = len(self._split)
        step = max(1, min(_AT_ONCE, int(_AT_ONCE_BYTES / (3 * self._fit.most**2))))
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
                self._report(places.start)
                time.sleep(_LOOK_EVERY_S)
            if more := self._with_file(set(places) - found):
                progress_at = time.monotonic()
                found |= more
        return found

    def _takes_turn(self) -> bool:
        """Whether this process may decode now: it has the lock, or the folder has no locks."""
        try:
            name = key(self._cache.words.encode(), self._fit, "").hex()
            self._turn = locks.take(self._store.folder / f"{name}.lock")
        except OSError:
            return True
        return self._turn is not None

    def _with_file(self, places: Iterable[int]) -> set[int]:
        return {at for at in places if self._store.has(self._cache.keys[at])}

    def _place(self, places: range, in_file: set[int]) -> None:
        """Bring images to where there is room for them. in_file: those of them that have a file."""
        read: dict[int, Bytes] = {}
        if self._memory_takes:
            read = {at: record for at in in_file if (record := self._store.read(self._cache.keys[at])) is not None}
            in_file &= read.keys()  # a damaged one is decoded again
        self._cache.in_file |= in_file
        absent = [at for at in places if at not in in_file]
        if self._store.takes or self._memory_takes:
            read |= self._decode_all(absent, places.stop - len(absent))
        for at, record in sorted(read.items()):
            if len(record) > self._cache.room:
                break
            self._cache.records[at] = record
            self._cache.room -= len(record)
        self._report(places.stop)

    @property
    def _memory_takes(self) -> bool:
        return self._cache.room >= least_bytes(self._fit)

    def _decode_all(self, absent: Sequence[int], done: int) -> dict[int, Bytes]:
        """The records of images that are decoded now, and get a file where there is room."""
        made: dict[int, Bytes] = {}
        for at, (record, is_kept) in zip(absent, self._pool.map(self._decode, absent), strict=True):
            made[at] = record
            self._cache.in_file |= {at} if is_kept else set()
            self._cache.decoded += 1
            self._report(done + len(made))
        return made

    def _decode(self, at: int) -> tuple[Bytes, bool]:
        """The record of an image, and whether it has a file now."""
        record = pack(load(self._split, at, self._fit))
        if stamps_of(self._split, at) != self._stamps[at]:
            raise ImageError(f"{self._split.ids[at]} changes while it is read. Start again later.")
        return record, self._store.add(self._cache.keys[at], record)

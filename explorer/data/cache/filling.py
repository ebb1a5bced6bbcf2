"""Going through a split once: what is in files already is looked up, what is not is decoded and added to them."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from explorer.base import locks
from explorer.data.cache import contents
from explorer.data.cache.contents import Contents, Stamp
from explorer.data.cache.memory import Memory
from explorer.data.cache.record import Bytes, least_bytes, pack
from explorer.data.cache.store import Store
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.images import ImageError
from explorer.data.prepare import load

_AT_ONCE = 64  # images that are decoded side by side
_AT_ONCE_BYTES = 32e6  # of their pixels, about
_LOOK_EVERY_S = 0.1
PATIENCE_S = 20.0  # with another process that decodes the same images and does not get on


@dataclass
class Filling:
    """One pass over a split.

    Args:
        tell: called with the number of images that are done, also while it waits; what it raises ends the filling.
        keys: of all images, by which files are found.
        in_file: whether each image has a file.
        decoded: how many were decoded.
        digest: of all contents, in their order.
    """

    split: Split
    fit: Fit
    memory: Memory
    store: Store
    pool: ThreadPoolExecutor
    tell: Callable[[int], None]
    keys: list[bytes] = field(default_factory=list)
    in_file: list[bool] = field(default_factory=list)
    decoded: int = 0
    digest: hashlib.blake2b = field(default_factory=contents.new_digest)
    _stamps: list[Stamp | None] = field(default_factory=list)

    def run(self, words: str) -> None:
        """Go through all.

        Args:
            words: name the data set: the processes that decode the same one take turns.

        Raises:
            ImageError: an image cannot be read.
        """
        self.store.open()
        memo = self.store.folder / contents.MEMO if self.store.takes else None
        for portion in contents.of_split(self.split, Contents(memo), self.pool):
            self.tell(0)  # nothing is ready yet
            for stamp, content in portion:
                self.digest.update(content)
                self._stamps.append(stamp)
                self.keys.append(contents.key(content, self.fit, self.split.reading))
        self.store.needed = frozenset(self.keys)
        turn = _Turn(self.store.folder / f"{contents.name(words, self.fit)}.lock")
        with contextlib.closing(turn):
            for places in self._portions():
                self._place(places, self._found(places, turn))

    def _portions(self) -> Iterator[range]:
        count = len(self.split)
        step = max(1, min(_AT_ONCE, int(_AT_ONCE_BYTES / (3 * self.fit.most**2))))
        return (range(start, min(start + step, count)) for start in range(0, count, step))

    def _found(self, places: range, turn: "_Turn") -> set[int]:
        """Those that have a file. Waits while another process decodes the others, as long as it gets on."""
        found = self._with_file(places)
        moved, waits = time.monotonic(), self.store.takes
        while waits and len(found) < len(places):
            if time.monotonic() - moved > PATIENCE_S:
                turn.give_up()  # to decode an image twice does no harm
                break
            waits = not turn.is_ours()  # and then look once more: another process has added files until now
            if waits:
                self.tell(places.start)
                time.sleep(_LOOK_EVERY_S)
            more = self._with_file(set(places) - found)
            moved = time.monotonic() if more else moved
            found |= more
        return found

    def _with_file(self, places: Iterable[int]) -> set[int]:
        return {at for at in places if self.store.has(self.keys[at])}

    def _place(self, places: range, in_file: set[int]) -> None:
        """Bring these images to where there is room for them. in_file: those that have a file."""
        read: dict[int, Bytes] = {}
        if self._memory_takes:
            read = {at: record for at in in_file if (record := self.store.read(self.keys[at])) is not None}
            in_file &= read.keys()  # a damaged one is decoded again
        made: dict[int, Bytes] = {}
        absent = [at for at in places if at not in in_file]
        if self.store.takes or self._memory_takes:
            made = self._make(absent, places.stop - len(absent), in_file)
        self.memory.add(sorted((read | made).items()))
        self.in_file += [at in in_file for at in places]
        self.tell(places.stop)

    @property
    def _memory_takes(self) -> bool:
        return self.memory.room >= least_bytes(self.fit)

    def _make(self, absent: Sequence[int], done: int, in_file: set[int]) -> dict[int, Bytes]:
        """Decode what files lack. in_file: those that get a file are added to it."""
        made: dict[int, Bytes] = {}
        for at, (record, is_kept) in zip(absent, self.pool.map(self._decode, absent), strict=True):
            made[at] = record
            in_file |= {at} if is_kept else set()
            self.decoded += 1
            self.tell(done + len(made))
        return made

    def _decode(self, at: int) -> tuple[Bytes, bool]:
        """A record, and whether it has a file now."""
        sample = load(self.split, at, self.fit)
        source = self.split.source(at)
        if contents.stamp(source) != self._stamps[at]:
            raise ImageError(f"{self.split.ids[at]} changes while it is read. Start again later.")
        record = pack(sample)
        return record, self.store.add(self.keys[at], record)


class _Turn:
    """The turn of one process to decode the images of a data set, while others wait for its files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: locks.Held | None = None
        self._gave_up = False

    def is_ours(self) -> bool:
        """Whether it is this process's turn, or no more to be waited for."""
        if self._held is None and not self._gave_up:
            try:
                self._held = locks.take(self._path)
            except OSError:
                self._gave_up = True  # a folder without locks
        return self._held is not None or self._gave_up

    def give_up(self) -> None:
        """Wait no longer."""
        self._gave_up = True

    def close(self) -> None:
        """Let others have it."""
        if self._held is not None:
            self._path.unlink(missing_ok=True)
            self._held.release()

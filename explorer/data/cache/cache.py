"""The decoded images of a split at one size: in memory as far as there is room, then in files."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from explorer.data.cache.filling import Filling
from explorer.data.cache.limits import DISK, Limits, folder
from explorer.data.cache.memo import KEY_BYTES
from explorer.data.cache.memory import Memory
from explorer.data.cache.record import unpack
from explorer.data.cache.store import Store
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.prepare import load
from explorer.data.sample import Sample

_LOG = logging.getLogger(__name__)


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
        digest: a hash of what all samples are made of, in hexadecimal; "" before `fill`.
    """

    def __init__(self, split: Split, fit: Fit, limits: Limits, words: str) -> None:
        """Make an empty cache.

        Args:
            split: the samples.
            fit: the size that they are kept at.
            limits: how much memory and disk the cache may take.
            words: name the data set; processes that decode the same one take turns.
        """
        self._split = split
        self._fit = fit
        self._words = words
        self._memory = Memory(len(split), limits.memory)
        full = f"The cache of images may take {limits.disk / 1e9:.3g} GB of the disk ({DISK}), which is full"
        self._store = Store(folder(), limits.disk, full)
        self._keys = np.zeros((len(split), KEY_BYTES), np.uint8)  # one array, for the reason that Memory names
        self._in_file = np.zeros(len(split), bool)
        self._decoded = 0
        self.digest = ""

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
            filling = Filling(self._split, self._fit, self._words, self._memory, self._store, pool, report)
            filling.run()
        self._keys = np.frombuffer(b"".join(filling.keys), np.uint8).reshape(-1, KEY_BYTES)
        self._in_file = np.array(filling.in_file, bool)
        self._decoded, self.digest = filling.decoded, filling.digest

    def sample(self, index: int) -> Sample:
        """The sample at `index`, decoded where it is kept nowhere. Raises ImageError."""
        record = self._memory.record(index)
        if record is None and self._in_file[index]:
            record = self._store.read(self._keys[index].tobytes())
            if record is None:
                _LOG.warning("The cache has lost or damaged %s: it is decoded again.", self._split.ids[index])
        if record is None:
            return load(self._split, index, self._fit)
        return unpack(record, int(self._split.labels[index]), self._split.ids[index])

    @property
    def tally(self) -> Tally:
        """Where the samples are now."""
        in_memory = self._memory.holds()
        in_files = self._in_file & ~in_memory
        return Tally(
            images=len(self._split),
            in_memory=int(in_memory.sum()),
            held=self._memory.held,
            in_files=int(in_files.sum()),
            uncached=int((~in_memory & ~in_files).sum()),
            decoded=self._decoded,
            trouble=self._store.trouble,
        )

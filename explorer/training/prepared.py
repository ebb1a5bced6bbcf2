"""Images of a data set as squares of one size, decoded once and kept in memory where they fit."""

import hashlib
import json
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil

from explorer.data.dataset import Split
from explorer.data.prepare import fit_square
from explorer.data.sample import Sample

_SHARE = 0.4  # of the free memory that pictures may take; the network needs some too
_TARGETS = 1.35  # times the bytes of the pixels: masks and small things
_AT_ONCE = 64


def fits_in_memory(images: int, size: int) -> bool:
    """Whether so many squares of `size` px can be kept."""
    needed = images * size * size * 3 * _TARGETS
    return needed < _SHARE * float(psutil.virtual_memory().available)


class Prepared:
    """A split whose samples are `size` × `size` px; travels to loader workers."""

    def __init__(self, split: Split, size: int, *, keep: bool) -> None:
        """keep: hold what `read` decodes; otherwise each look at a sample decodes it anew."""
        self.split = split
        self.size = size
        self.keep = keep
        self._kept: list[Sample] = []

    def __len__(self) -> int:
        return len(self.split)

    def read(self, threads: int, tell: Callable[[int], None]) -> None:
        """Decode all samples, if they are kept at all. tell: called with the number read so far, from 1.

        Raises what the split's `load` raises, and whatever `tell` raises.
        """
        if not self.keep:
            return
        with ThreadPoolExecutor(threads) as pool:
            for start in range(0, len(self), _AT_ONCE):
                for sample in pool.map(self._load, range(start, min(start + _AT_ONCE, len(self)))):
                    self._kept.append(sample)
                    tell(len(self._kept))

    def _load(self, index: int) -> Sample:
        return fit_square(self.split.load(index), self.size)

    def sample(self, index: int) -> Sample:
        """The sample at `index`. Raises what the split's `load` raises."""
        return self._kept[index] if self._kept else self._load(index)

    def listing(self) -> str:
        """A hash of which images these are, in which order and of which class."""
        split = self.split
        listed = json.dumps([list(map(str, split.ids)), list(map(int, split.labels)), self.size])
        return hashlib.blake2b(listed.encode(), digest_size=8).hexdigest()

    def pixels(self) -> str:
        """A checksum of all pixels; empty where they are not kept, for they would all have to be read."""
        checksum = 0
        for sample in self._kept:
            checksum = zlib.crc32(np.ascontiguousarray(sample.image).data, checksum)
        return f"{checksum:08x}" if self._kept else ""

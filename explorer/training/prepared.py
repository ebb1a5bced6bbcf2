"""Images of a data set as squares of one size, decoded once and kept where there is room, or as they are."""

import hashlib
import json
import sys
from collections.abc import Callable

from explorer.data.cache.cache import Cache, Tally
from explorer.data.cache.limits import Limits
from explorer.data.dataset import Split
from explorer.data.prepare import fit_square
from explorer.data.sample import Sample

IN_MEMORY = Limits(memory=sys.maxsize, disk=0)


class Prepared:
    """A split whose samples are `size` × `size` px, or whole where `size` is None; travels to loader workers."""

    def __init__(
        self, split: Split, size: int | None, *, keep: bool, limits: Limits = IN_MEMORY, words: str = ""
    ) -> None:
        """keep: hold what `read` decodes, within the limits; otherwise each look at a sample decodes it anew.

        words: tell the data set from others, for the name of its file.
        """
        self.split = split
        self.size = size
        self.keep = keep and size is not None
        self._cache = Cache(split, size, limits, words) if size is not None and keep else None

    def __len__(self) -> int:
        return len(self.split)

    def read(self, threads: int, tell: Callable[[int], None]) -> None:
        """Decode all samples, if they are kept at all. tell: called with the number that are ready so far.

        Raises what the split's `load` raises, and whatever `tell` raises.
        """
        if self._cache is not None:
            self._cache.fill(threads, tell)

    def sample(self, index: int) -> Sample:
        """The sample at `index`. Raises what the split's `load` raises."""
        if self._cache is not None:
            return self._cache.sample(index)
        sample = self.split.load(index)
        return sample if self.size is None else fit_square(sample, self.size)

    @property
    def tally(self) -> Tally:
        """Where the samples are."""
        if self._cache is not None:
            return self._cache.tally
        return Tally(len(self), in_memory=0, held=0, in_files=0, anew=len(self), decoded=0, trouble="")

    def listing(self) -> str:
        """A hash of which images these are, in which order and of which class."""
        split = self.split
        listed = json.dumps([list(map(str, split.ids)), list(map(int, split.labels)), self.size])
        return hashlib.blake2b(listed.encode(), digest_size=8).hexdigest()

    def contents(self) -> str:
        """A hash of what all samples are made of; empty where they are not kept, for it would all have to be read."""
        return "" if self._cache is None else self._cache.digest

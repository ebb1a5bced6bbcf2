"""The images of a split at one size, decoded once and kept if there is room, or at their own sizes."""

import sys
from collections.abc import Callable

from explorer.data.cache.cache import Cache, Tally
from explorer.data.cache.contents import MEMO, contents_of, joined_digest
from explorer.data.cache.limits import Limits, folder
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.prepare import load
from explorer.data.sample import Sample

IN_MEMORY = Limits(memory=sys.maxsize, disk=0)


class Prepared:
    """A split whose samples have the size of `fit`, or their own; it can be passed to loader workers.

    Args:
        split: The samples.
        fit: Their size; None for their own sizes, which are never kept.
        keep: Whether to keep what `read` decodes, within the limits. Otherwise each access decodes a sample again.
        limits: How much may be kept.
        words: Name the data set, for its file in the cache.
    """

    def __init__(
        self, split: Split, fit: Fit | None, *, keep: bool, limits: Limits = IN_MEMORY, words: str = ""
    ) -> None:
        self.split = split
        self.fit = fit
        self.keep = keep and fit is not None
        self._cache = Cache(split, fit, limits, words) if fit is not None and keep else None
        self._limits = limits
        self._contents: tuple[bytes, ...] = ()

    def __len__(self) -> int:
        return len(self.split)

    def read(self, threads: int, report: Callable[[int], None]) -> None:
        """Decode all samples if they are kept; otherwise only hash their contents.

        Args:
            report: Called with the number of samples that are ready.

        Raises:
            Exception: What the split's `load` raises, and what `report` raises.
        """
        if self._cache is not None:
            self._cache.fill(threads, report)
        else:
            memo = folder() / MEMO if self._limits.disk > 0 else None
            self._contents = contents_of(self.split, memo, threads, report)

    def sample(self, index: int) -> Sample:
        """The sample at `index`. Raises what the split's `load` raises."""
        if self._cache is not None:
            return self._cache.sample(index)
        return load(self.split, index, self.fit)

    @property
    def tally(self) -> Tally:
        """How many samples are kept, and where."""
        if self._cache is not None:
            return self._cache.tally
        return Tally(len(self), in_memory=0, held=0, in_files=0, uncached=len(self), decoded=0, trouble="")

    def listing(self) -> str:
        """A hash of the names of the samples, their order and their classes."""
        return self.split.listing(self.fit)

    def hashes(self) -> tuple[bytes, ...]:
        """The hash of what each sample is made of, the same wherever it is kept; empty before `read`."""
        return self._contents if self._cache is None else self._cache.contents

    def contents(self) -> str:
        """One hash of what all samples are made of, in hexadecimal; empty before `read`."""
        return joined_digest(self.hashes())

"""The images of a split at one size, decoded once: in memory as far as they may, then in a file, then nowhere."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from explorer.data.cache.filling import Filling
from explorer.data.cache.kept import Kept
from explorer.data.cache.limits import Limits
from explorer.data.cache.record import unpack
from explorer.data.cache.shelf import Shelf
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.prepare import load
from explorer.data.sample import Sample

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tally:
    """Where the images of a split are. held: bytes of memory. decoded: how many had to be decoded to get there.

    anew: how many are kept nowhere and are decoded at each look. trouble: why files hold no more, or "".
    """

    images: int
    in_memory: int
    held: int
    in_files: int
    anew: int
    decoded: int
    trouble: str


class Cache:
    """Samples of a split at the size of a `Fit`, with their masks, boxes and keypoints; travels to loader workers.

    digest: of what all of them are made of, in hexadecimal; "" before it is filled.
    """

    def __init__(self, split: Split, fit: Fit, limits: Limits, words: str) -> None:
        """words: tell the data set from others. Samples are found by their contents, whichever data set they are of."""
        self._split = split
        self._fit = fit
        self._disk = limits.disk
        self._words = words
        self._kept = Kept(len(split), limits.memory)
        self._decoded = 0
        self._trouble = ""
        self.digest = ""

    def fill(self, threads: int, tell: Callable[[int], None]) -> None:
        """Look up all samples, and decode those that are not there. tell: called with the number that are done so far.

        A process that is killed meanwhile leaves what it has done to the next. Raises ImageError, and what `tell` does.
        """
        with Shelf(self._words, self._fit, self._disk) as shelf, ThreadPoolExecutor(threads) as pool:
            filling = Filling(self._split, self._fit, self._kept, shelf, shelf.contents(), pool, tell)
            filling.run()
        self._decoded, self._trouble, self.digest = filling.decoded, shelf.trouble, filling.digest.hexdigest()

    def sample(self, index: int) -> Sample:
        """The sample at `index`, decoded where it is kept nowhere. Raises ImageError."""
        try:
            record = self._kept.record(index)
        except OSError as error:
            _LOG.warning("The cache of images cannot be read (%s): %s is decoded again.", error, self._split.ids[index])
        else:
            if record is not None:
                return unpack(record, int(self._split.labels[index]), self._split.ids[index])
            if self._kept.is_in_file(index):
                _LOG.warning("The cache of images is damaged: %s is decoded again.", self._split.ids[index])
        return load(self._split, index, self._fit)

    @property
    def tally(self) -> Tally:
        """Where they are now."""
        kept = self._kept
        return Tally(
            images=len(self._split),
            in_memory=kept.in_memory,
            held=kept.held,
            in_files=kept.in_files,
            anew=kept.nowhere,
            decoded=self._decoded,
            trouble=self._trouble,
        )

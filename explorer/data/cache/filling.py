"""Going through a split once: what is in files already is looked up, what is not is decoded and added to them."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NamedTuple

from explorer.data.cache import keys
from explorer.data.cache.digest import SIZE, content_of
from explorer.data.cache.kept import Kept
from explorer.data.cache.keys import Contents, Stamp
from explorer.data.cache.record import Bytes, least_bytes, pack
from explorer.data.cache.shelf import Shelf
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.images import ImageError
from explorer.data.prepare import load

AT_ONCE = 64  # images that are decoded, written and marked together
_AT_ONCE_BYTES = 32e6  # of their pixels, about


class _Image(NamedTuple):
    """What an image is made of."""

    at: int  # in the split
    stamp: Stamp | None
    key: bytes


@dataclass
class Filling:
    """decoded: how many were decoded so far. digest: of all contents so far, in their order.

    tell: called with the number of images that are done, also while it waits; whatever it raises ends the filling.
    """

    split: Split
    fit: Fit
    kept: Kept
    shelf: Shelf
    contents: Contents
    pool: ThreadPoolExecutor
    tell: Callable[[int], None]
    decoded: int = 0
    digest: hashlib.blake2b = field(default_factory=lambda: hashlib.blake2b(digest_size=SIZE))

    def run(self) -> None:
        """Go through all. Raises ImageError, and what `tell` raises."""
        images = [image for portion in self._portions() for image in self._look(portion)]
        self.shelf.note(self.contents, last=True)
        self.shelf.look_up(image.key for image in images)
        for portion in self._portions():
            self._place(images[portion.start : portion.stop])

    def _portions(self) -> Iterator[range]:
        count = len(self.split)
        step = max(1, min(AT_ONCE, int(_AT_ONCE_BYTES / (3 * self.fit.most**2))))
        return (range(start, min(start + step, count)) for start in range(0, count, step))

    def _look(self, portion: range) -> list[_Image]:
        self.tell(0)  # nothing is ready yet
        images = []
        for index, stamp, content in self.pool.map(self._content, portion):
            self.digest.update(content)
            images.append(_Image(index, stamp, keys.key(content, self.fit, self.split.reading)))
        self.shelf.note(self.contents, last=False)
        return images

    def _content(self, index: int) -> tuple[int, Stamp | None, bytes]:
        return content_of(self.split, index, self.contents)

    def _place(self, images: Sequence[_Image]) -> None:
        done = images[0].at
        self._lacking(images, done)
        read = {image.at: record for image in images if (record := self._read(image)) is not None}
        # Once more: what could not be read is damaged, and is made again.
        lacking = self._lacking(images, done)
        absent = [image for image in images if image.key in lacking]
        made = self._make(absent, done + len(images) - len(absent))
        for image in images:
            self._put_in_file(image)
        self.kept.put_in_memory(sorted((read | made).items()))
        self.tell(done + len(images))

    def _lacking(self, images: Sequence[_Image], done: int) -> set[bytes]:
        return self.shelf.lacking([image.key for image in images], lambda: self.tell(done))

    @property
    def _memory_takes(self) -> bool:
        return self.kept.memory >= least_bytes(self.fit)

    def _read(self, image: _Image) -> Bytes | None:
        """Out of a file, as long as there is memory for it."""
        return self.shelf.read(image.key) if self._memory_takes and self.shelf.find(image.key) else None

    def _make(self, images: Sequence[_Image], done: int) -> dict[int, Bytes]:
        """Decode what files lack, and add it to them; nothing where neither they nor the memory take more."""
        if not (self.shelf.takes or self._memory_takes):
            return {}
        made: dict[int, Bytes] = {}
        for image, record in zip(images, self.pool.map(self._decode, images), strict=True):
            made[image.at] = record
            self.decoded += 1
            self.tell(done + len(made))
        self.shelf.add([(image.key, made[image.at]) for image in images])
        return made

    def _decode(self, image: _Image) -> Bytes:
        sample = load(self.split, image.at, self.fit)
        if keys.stamp(self.split.source(image.at)) != image.stamp:
            raise ImageError(f"{self.split.ids[image.at]} changes while it is read. Start again later.")
        return pack(sample)

    def _put_in_file(self, image: _Image) -> None:
        found = self.shelf.find(image.key)
        if found is not None:
            self.kept.put_in_file(image.at, *found)

"""What the image files of a data set hold: the one range of their values, what is converted, and which are damaged.

What was found out about a file is kept, so that it is looked at again only when it has changed.
"""

import math
import struct
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import cv2
import PIL

from explorer.base.home import home
from explorer.data import stored
from explorer.data.cache.memo import Memo, stamp_of
from explorer.data.depth import Depth, ValueRange, extremes
from explorer.data.headers import Change
from explorer.data.images import joined_range
from explorer.data.stored import ImageError

MOST_NAMED = 10  # damaged images that a message names
_FORMAT = 2  # to be raised with each change of what is kept of a file
_AT_ONCE = 64  # files between two looks at the clock
_NOTHING = (math.nan, math.nan)

Files = Sequence[tuple[str, Path]]  # what messages call a file, and the file


@dataclass(frozen=True)
class Looking:
    """How closely files are looked at.

    Attributes:
        exact: decode each image whose head leaves something open, so that all counts are exact. Otherwise only the
            range is looked for, and a header that names it is believed.
        thorough: decode every image, to find damaged ones.
        seconds: stop after this time; the remaining files stay unknown.
        report: called with the number of files that are done, and of all files.
        threads: how many decode at once.
    """

    exact: bool = False
    thorough: bool = False
    seconds: float = math.inf
    report: Callable[[int, int], None] = lambda done, total: None
    threads: int = 2


class Seen(IntEnum):
    """How much of a file was looked at."""

    HEAD = 0  # which leaves something open
    ENOUGH = 1  # the head, which says everything unless the pixels are damaged
    DECODED = 2


_BYTES = struct.Struct("<HBdddd")


class Look(NamedTuple):
    """What is known of a file.

    Attributes:
        change: what has to be converted.
        seen: how much of the file was looked at.
        own: its smallest and largest value; NaN where they are unknown.
        header: the range that its header names; NaN where it names none.
    """

    change: Change
    seen: Seen
    own: tuple[float, float] = _NOTHING
    header: tuple[float, float] = _NOTHING

    def to_bytes(self) -> bytes:
        """The look as `from_bytes` reads it."""
        return _BYTES.pack(self.change, self.seen, *self.own, *self.header)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Look":
        """The look that `to_bytes` has written."""
        change, seen, low, high, header_low, header_high = _BYTES.unpack(content)
        return cls(Change(change), Seen(seen), (low, high), (header_low, header_high))

    @property
    def range(self) -> tuple[float, float]:
        """The range that the header names, unless it is known that values are outside of it."""
        if math.isnan(self.header[0]):
            return self.own
        wrong = self.seen is Seen.DECODED and (self.own[0] < self.header[0] or self.own[1] > self.header[1])
        return self.own if wrong else self.header


@dataclass(frozen=True)
class Inspection:
    """What was found in the files of a data set.

    Attributes:
        total: how many images there are.
        looks: a look for each image that was looked at and can be read.
        damaged: a message for each image that cannot be read.
        seconds: how long it took.
        broken: what messages call each image that cannot be read.
    """

    total: int
    looks: tuple[Look, ...] = ()
    damaged: tuple[str, ...] = ()
    seconds: float = 0.0
    broken: tuple[str, ...] = ()

    @property
    def left(self) -> int:
        """Images that have not been looked at yet."""
        return self.total - len(self.looks) - len(self.damaged)

    @property
    def deep(self) -> tuple[Look, ...]:
        """The looks at images with more than 8 bits."""
        return tuple(look for look in self.looks if Change.DEEP in look.change)

    def range(self) -> ValueRange:
        """The range of all images with more than 8 bits that were looked at; 0 to 255 without any."""
        return joined_range([(look.range, Change.FLOAT in look.change) for look in self.deep])

    def notes(self, depth: Depth) -> tuple[str, ...]:
        """What is converted to make pixels of the images, with counts, in sentences."""
        counted = ((words, sum(change in look.change for look in self.looks)) for change, words in _WORDS.items())
        plain = [f"{count:,} of {self.total:,} images {words}" for words, count in counted if count]
        return (*self.depth_notes(depth), *plain)

    def depth_notes(self, depth: Depth) -> list[str]:
        """How values of more than 8 bits become pixels, in sentences; empty where no image has them."""
        deep = self.deep
        if not deep:
            return []
        counted = f"{len(deep):,} of {self.total:,} images"
        if depth == "by_image":
            return [f"{counted} have more than 8 bits; each was scaled by a range of its own."]
        chosen = self.range() if depth == "auto" else depth
        largest = max((look.own[1] for look in deep if look.seen is Seen.DECODED), default=math.nan)
        known = f"the largest value was {largest:,.6g}" if largest == largest else "their headers name the range"
        words = f"{counted} were scaled from {_bits(deep)} to 8 bits; {known} ({chosen.low:,g} to {chosen.high:,g} "
        cut = sum(look.own[0] < chosen.low or look.own[1] > chosen.high for look in deep)  # NaN is neither
        outside = [f"{cut:,} of {self.total:,} images have values outside of this range, which are cut."] if cut else []
        mixed = len({Change.FLOAT in look.change for look in deep}) > 1
        both = ["Images of whole numbers and of fractions are mixed: one range holds for both."] if mixed else []
        return [f"{words}became 0 to 255).", *outside, *both]


_WORDS = {
    Change.NOT_NUMBERS: "have values that are not numbers (NaN or infinite): they do not count for the range.",
    Change.HIGH_BYTE: "have more than 8 bits in a form that is reduced to 8 when the file is opened.",
    Change.ALPHA: "have transparency, which was laid on white.",
    Change.CMYK: "were converted from CMYK to RGB; their colors may differ a little from print.",
    Change.FRAMES: "hold several images; the first one is used.",
    Change.GRAY: "are grayscale: the three channels are the same.",
}


def _bits(deep: Sequence[Look]) -> str:
    if all(Change.FLOAT in look.change for look in deep):
        return "fractions"
    values = [value for look in deep for value in look.range]
    return "16" if min(values) >= -32768 and max(values) <= 65535 else "32"


def inspect(files: Files, looking: Looking) -> Inspection:
    """Look at all files, or at as many as the time allows, spread over the data set.

    Damaged images are part of the answer. Raises only what `looking.report` raises.
    """
    begun = time.monotonic()
    looker = _Looker(looking)
    found: dict[int, Look | ImageError] = {}
    # Classes follow one another in `files`; with steps through them the first portions represent the whole set.
    stride = max(1, len(files) // _AT_ONCE)
    order = sorted(range(len(files)), key=lambda index: (index % stride, index))
    with ThreadPoolExecutor(looking.threads) as pool:
        for start in range(0, len(order), _AT_ONCE):
            portion = order[start : start + _AT_ONCE]
            found.update(zip(portion, pool.map(lambda at: looker.look(*files[at]), portion), strict=True))
            looking.report(start + len(portion), len(files))
            # What is known already takes no time, so that repeated short looks get to the end of a large data set.
            if looker.has_opened and time.monotonic() - begun > looking.seconds:
                break
    looker.memo.save()
    looks = tuple(each for _, each in sorted(found.items()) if isinstance(each, Look))
    damaged = {files[at][0]: str(each) for at, each in sorted(found.items()) if isinstance(each, ImageError)}
    return Inspection(len(files), looks, tuple(damaged.values()), time.monotonic() - begun, tuple(damaged))


class _Looker:
    """Looks at files, and remembers what was seen of them before. Threads may share it.

    Attributes:
        memo: what was seen of files before.
        has_opened: whether a file had to be opened.
    """

    def __init__(self, looking: Looking) -> None:
        version = repr((_FORMAT, PIL.__version__, cv2.__version__))
        self.memo = Memo(home() / "cache" / "looked.log", _BYTES.size, version)
        self.has_opened = False
        self._looking = looking

    def look(self, called: str, file: Path) -> Look | ImageError:
        """Look at a file as closely as is wanted. called: what a message calls it."""
        try:
            stamp = stamp_of(file)
            known = self.memo.get(file, stamp)
            look = Look.from_bytes(known) if known else self._glance(called, file)
            if look.seen < self._wanted(look):
                self.has_opened = True
                held = stored.read(file, called)
                own = _NOTHING if held.values is None else extremes(held.values)
                look = Look(held.change, Seen.DECODED, own, look.header)
            if look.to_bytes() != known:
                self.memo.add(file, stamp, look.to_bytes())
            return look
        except ImageError as error:
            words = str(error)
            return ImageError(words if words.startswith(called) else f"{called}: {words}")

    def _glance(self, called: str, file: Path) -> Look:
        self.has_opened = True
        change, header, unsure = stored.glance(file, called)
        return Look(change, Seen.HEAD if unsure else Seen.ENOUGH, header=header or _NOTHING)

    def _wanted(self, look: Look) -> Seen:
        if self._looking.thorough:
            return Seen.DECODED
        has_no_range = Change.DEEP in look.change and math.isnan(look.header[0])
        return Seen.ENOUGH if self._looking.exact or has_no_range else Seen.HEAD


def damage(damaged: Sequence[str]) -> str:
    """One message about all damaged images, which names the first ones of many."""
    if len(damaged) == 1:
        return damaged[0]
    more = len(damaged) - MOST_NAMED
    rest = f" And {more:,} more." if more > 0 else ""
    return f"{len(damaged):,} images cannot be read: {' '.join(damaged[:MOST_NAMED])}{rest}"

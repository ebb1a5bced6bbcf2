"""What the image files of a data set hold: the one range of their values, what is converted, and which are damaged.

What was seen of a file is kept, so that a file is looked at again only when it has changed.
"""

import contextlib
import hashlib
import math
import os
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
from explorer.data.cache.contents import FRESH_NS, Stamp, stamp
from explorer.data.cache.log import CheckedLog
from explorer.data.depth import Depth, ValueRange, extremes
from explorer.data.headers import Change
from explorer.data.images import joined_range
from explorer.data.stored import ImageError

MOST_NAMED = 10  # damaged images that a message names
_FORMAT = 1  # counts up with each change of what is kept
_LAYOUT = "<16sHBdddd"
_MEMO_BYTES = 60_000_000  # a million files
_AT_ONCE = 64  # files between two looks at the clock
_NOTHING = (math.nan, math.nan)

Files = Sequence[tuple[str, Path]]  # what messages call it, where it lies


@dataclass(frozen=True)
class Looking:
    """How closely files are looked at.

    Args:
        exact: decode each image whose head leaves something open, so that all counts are exact. Without it only the
            range is sought, and a header that names it is believed.
        thorough: decode every image, to find damaged ones.
        seconds: stop after this time; the remaining files stay unknown.
        tell: called with the number of files that are done, and of all.
        threads: how many decode side by side.
    """

    exact: bool = False
    thorough: bool = False
    seconds: float = math.inf
    tell: Callable[[int, int], None] = lambda done, total: None
    threads: int = 2


class Seen(IntEnum):
    """How much of a file was looked at."""

    HEAD = 0  # and the rest is not known
    ENOUGH = 1  # its head, which says everything unless the rest is damaged
    DECODED = 2


class Look(NamedTuple):
    """What is known of a file. own: its smallest and largest value. header: the range that its header names."""

    change: Change
    seen: Seen
    own: tuple[float, float] = _NOTHING
    header: tuple[float, float] = _NOTHING

    @property
    def range(self) -> tuple[float, float]:
        """The range that its header names, unless its values lie outside."""
        if math.isnan(self.header[0]):
            return self.own
        wrong = self.seen is Seen.DECODED and (self.own[0] < self.header[0] or self.own[1] > self.header[1])
        return self.own if wrong else self.header


@dataclass(frozen=True)
class Inspection:
    """total: images of the data set. looks: of those that were looked at. damaged: what is wrong with an image each.

    seconds: how long it took.
    """

    total: int
    looks: tuple[Look, ...] = ()
    damaged: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def left(self) -> int:
        """Images that have not been looked at yet."""
        return self.total - len(self.looks) - len(self.damaged)

    @property
    def deep(self) -> tuple[Look, ...]:
        """Of the images with more than 8 bits."""
        return tuple(look for look in self.looks if Change.DEEP in look.change)

    def range(self) -> ValueRange:
        """The one range of all images with more than 8 bits, as far as they were looked at; 0 to 255 without any."""
        return joined_range([(look.range, Change.FLOAT in look.change) for look in self.deep])

    def notes(self, depth: Depth) -> tuple[str, ...]:
        """What had to be changed to make pixels of the images, with counts, in sentences."""
        counted = ((words, sum(change in look.change for look in self.looks)) for change, words in _WORDS.items())
        plain = [f"{count:,} of {self.total:,} images {words}" for words, count in counted if count]
        return (*self.depth_notes(depth), *plain)

    def depth_notes(self, depth: Depth) -> list[str]:
        """How values of more than 8 bits become pixels, in sentences; none where no image has them."""
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
    Change.GREY: "are greyscale: the three channels are the same.",
}


def _bits(deep: Sequence[Look]) -> str:
    if all(Change.FLOAT in look.change for look in deep):
        return "fractions"
    values = [value for look in deep for value in look.range]
    return "16" if min(values) >= -32768 and max(values) <= 65535 else "32"


def inspect(files: Files, looking: Looking) -> Inspection:
    """Look at all files, or at as many as the time allows, spread over them.

    Damaged images are part of the answer. Raises only what `looking.tell` raises.
    """
    begun = time.monotonic()
    memo, found, damaged = _Memo(), dict[int, Look](), dict[int, str]()
    # One of each class in turn, so that a part of them represents the whole set.
    order = sorted(range(len(files)), key=lambda index: (index % _stride(len(files)), index))
    with ThreadPoolExecutor(looking.threads) as pool:
        for start in range(0, len(order), _AT_ONCE):
            portion = order[start : start + _AT_ONCE]
            for index, seen in zip(
                portion, pool.map(lambda at: _look(*files[at], looking, memo), portion), strict=True
            ):
                if isinstance(seen, Look):
                    found[index] = seen
                else:
                    damaged[index] = str(seen)
            looking.tell(start + len(portion), len(files))
            # What is known already takes no time: so many short looks get to the end of a large data set.
            if memo.lacking and time.monotonic() - begun > looking.seconds:
                break
    memo.keep()
    seen_in_order = tuple(found[index] for index in sorted(found))
    errors = tuple(damaged[index] for index in sorted(damaged))
    return Inspection(len(files), seen_in_order, errors, time.monotonic() - begun)


def _stride(count: int) -> int:
    return max(1, count // _AT_ONCE)


def _look(called: str, file: Path, looking: Looking, memo: "_Memo") -> Look | ImageError:
    try:
        found = stamp(file)
        assert found is not None
        known = memo.known(file, found)
        if known is None:
            change, header, unsure = stored.glance(file, called)
            known = Look(change, Seen.HEAD if unsure else Seen.ENOUGH, header=header or _NOTHING)
            memo.add(file, found, known)
        if known.seen < _wanted(known, looking):
            memo.lacking = True
            known = _decoded(called, file, known)
            memo.add(file, found, known)
        return known
    except ImageError as error:
        words = str(error)
        return ImageError(words if words.startswith(called) else f"{called}: {words}")


def _wanted(look: Look, looking: Looking) -> Seen:
    if looking.thorough:
        return Seen.DECODED
    has_no_range = Change.DEEP in look.change and math.isnan(look.header[0])
    return Seen.ENOUGH if looking.exact or has_no_range else Seen.HEAD


def _decoded(called: str, file: Path, before: Look) -> Look:
    held = stored.read(file, called)
    own = _NOTHING if held.values is None else extremes(held.values)
    return Look(held.change, Seen.DECODED, own, before.header)


def damage(damaged: Sequence[str]) -> str:
    """All damaged images in one message, or the first ones of many."""
    if len(damaged) == 1:
        return damaged[0]
    more = len(damaged) - MOST_NAMED
    rest = f" And {more:,} more." if more > 0 else ""
    return f"{len(damaged):,} images cannot be read: {' '.join(damaged[:MOST_NAMED])}{rest}"


class _Memo:
    """What was seen of files before, by path and stamp. Threads may share it. lacking: whether a file was opened."""

    def __init__(self) -> None:
        self._log = CheckedLog(home() / "cache" / "looked.log", _LAYOUT)
        self._new: dict[bytes, Look] = {}
        self._known: dict[bytes, Look] = {}
        self.lacking = False
        with contextlib.suppress(OSError):  # without it the files are looked at again, which gives the same
            if self._log.path.exists() and self._log.path.stat().st_size > _MEMO_BYTES:
                self._log.path.unlink(missing_ok=True)
            for key, change, seen, *values in self._log.read():
                self._known[key] = Look(Change(change), Seen(seen), (values[0], values[1]), (values[2], values[3]))

    def known(self, file: Path, found: Stamp) -> Look | None:
        look = self._known.get(_key(file, found))
        self.lacking = self.lacking or look is None
        return look

    def add(self, file: Path, found: Stamp, look: Look) -> None:
        if time.time_ns() - max(found.modified_ns, found.changed_ns) > FRESH_NS:
            self._new[_key(file, found)] = look

    def keep(self) -> None:
        """Write what is new. Where nothing can be written, the files are looked at again the next time."""
        if not self._new or not home().is_dir():
            return
        with contextlib.suppress(OSError):
            self._log.path.parent.mkdir(mode=0o700, exist_ok=True)
            self._log.append(
                (key, int(look.change), int(look.seen), *look.own, *look.header) for key, look in self._new.items()
            )


def _key(file: Path, found: Stamp) -> bytes:
    version = repr((_FORMAT, PIL.__version__, cv2.__version__, os.fspath(file.absolute()), *found))
    return hashlib.blake2b(version.encode(), digest_size=16).digest()

"""The names of the images below a folder, kept so that a folder is listed again only after it has changed.

A folder counts as unchanged while its time of modification, device and inode are the same. Systems set that time when
a file is added, removed or renamed, so the names are right; what is in the files is not looked at. A folder that was
changed within the last seconds is not kept, since its next change may get the same time.
"""

import contextlib
import hashlib
import json
import os
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

from explorer.base.atomic import write_bytes_atomic
from explorer.base.home import home
from explorer.data.suffixes import SUFFIXES

_FORMAT = 1  # to be raised with each change of what is kept
_MOST_BYTES = 1 << 30
CLUTTER = frozenset({"thumbs.db", "desktop.ini"})  # of desktops; like hidden files they are not mentioned
_USUAL = (".jpg", ".png", ".jpeg", ".JPG", ".JPEG")
_NAME = attrgetter("name")
_VERSION = hashlib.blake2b(repr((_FORMAT, sorted(SUFFIXES), sorted(CLUTTER))).encode(), digest_size=8).hexdigest()

_Stamp = tuple[int, int, int]  # device, inode, time of modification in ns; (0, 0, 0) is not kept


@dataclass(frozen=True)
class Folder:
    """What one folder holds. Hidden files and those of desktops are left out.

    Attributes:
        stamp: identifies its state.
        inner: the names of the folders in it, also linked ones, sorted.
        images: the names of its images, sorted, with "\\0" between them, which no name can have.
        count: how many these are.
        links: those of them that are links.
        others: how many other files there are, by suffix or "".
    """

    stamp: _Stamp
    inner: tuple[str, ...]
    images: str
    count: int
    links: tuple[str, ...] = ()
    others: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Names:
    """All images below a folder.

    Attributes:
        names: their paths relative to it, as the system has them, in the order of paths.
        links: those of them that are links.
        others: how many other files there are, by suffix or "".
    """

    names: list[str]
    links: list[str]
    others: Counter[str]


class Index:
    """The folders below a root; `save` keeps what is new.

    Args:
        root: the folder.
        kept: whether it is read from the cache of the home and saved there.
    """

    def __init__(self, root: Path, *, kept: bool = True) -> None:
        self._root = os.fspath(root.absolute())
        name = hashlib.blake2b(os.fsencode(self._root), digest_size=12).hexdigest()
        self._file = home() / "cache" / "index" / f"{name}.idx" if kept else None
        self._known = self._read()
        self._used: dict[str, Folder] = {}
        self._is_new = False

    def images(self, folder: Path, enter: Callable[[Path], object], most: int) -> Names | None:
        """List all images below a folder. Links back to where they came from are not followed.

        Args:
            folder: the root or a folder below it.
            enter: called with each folder before it is listed; it may raise an error to refuse the folder.
            most: of images.

        Returns:
            The images, or None where there are more than `most`.

        Raises:
            OSError: a folder cannot be read.
        """
        found: list[str] = []
        links: list[str] = []
        others: Counter[str] = Counter()
        is_mixed, count = False, 0
        top = os.fspath(folder)
        for place, each in self._below(top, enter):
            prefix = place[len(top) :].lstrip(os.sep)
            prefix = prefix + os.sep if prefix else ""
            is_mixed |= bool(each.count and each.inner)
            count += each.count
            if each.count:
                found.append(prefix + each.images.replace("\0", "\0" + prefix) if prefix else each.images)
            links += [prefix + name for name in each.links]
            others.update(each.others)
            if count > most:
                return None
        names = "\0".join(found).split("\0") if count else []
        if is_mixed:
            # The order of paths compares their parts: "a/b" is before "a-b". Without files beside folders it is that in
            # which the folders were listed.
            names.sort(key=lambda name: name.replace(os.sep, "\0"))
        return Names(names, links, others)

    def _below(self, top: str, enter: Callable[[Path], object]) -> Iterator[tuple[str, Folder]]:
        seen: set[tuple[int, int]] = set()
        waiting = [top]
        while waiting:
            place = waiting.pop()
            enter(Path(place))
            status = os.stat(place)  # noqa: PTH116 - texts, since there may be many folders
            if (status.st_dev, status.st_ino) in seen:  # a link back to where it came from
                continue
            seen.add((status.st_dev, status.st_ino))
            folder = self._folder(place, (status.st_dev, status.st_ino, status.st_mtime_ns))
            waiting += [f"{place.rstrip(os.sep)}{os.sep}{name}" for name in reversed(folder.inner)]
            yield place, folder

    def _folder(self, place: str, stamp: _Stamp) -> Folder:
        folder = self._known.get(place)
        if folder is None or folder.stamp != stamp:
            folder, self._is_new = listed(place, stamp), True
        self._used[place] = folder
        return folder

    def put(self, place: Path, folder: Folder) -> None:
        """Note what a folder holds, for `save`."""
        self._used[os.fspath(place)] = folder
        self._is_new = True

    def save(self) -> None:
        """Keep what was listed, where that can be written; otherwise it is listed again the next time."""
        if self._file is None or not (self._is_new or len(self._used) < len(self._known)):
            return
        from explorer.data.cache.memo import checksum  # here: listing files needs no OpenCV, which that imports

        names = "\0".join(folder.images for folder in self._used.values())
        folders = [
            [place, folder.stamp, folder.inner, len(folder.images), folder.count, folder.links, folder.others]
            for place, folder in self._used.items()
        ]
        head = json.dumps([_VERSION, folders]).encode()
        content = head + b"\n" + names.encode("utf-8", "surrogateescape")
        with contextlib.suppress(OSError, UnicodeError):
            if home().is_dir():  # a home that was deleted stays so
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_bytes_atomic(self._file, content + checksum(content), sync=False)

    def _read(self) -> dict[str, Folder]:
        """What was kept; nothing where it is damaged or of another version."""
        from explorer.data.cache.memo import CHECK_BYTES, checksum

        try:
            if self._file is None or self._file.stat().st_size > _MOST_BYTES:
                return {}
            whole = memoryview(self._file.read_bytes())
            content, check = whole[:-CHECK_BYTES], whole[-CHECK_BYTES:]
            if checksum(content) != bytes(check):
                return {}
            head, _, names = bytes(content).partition(b"\n")
            version, folders = json.loads(head)
            return _parsed(folders, names) if version == _VERSION else {}
        except (OSError, ValueError, TypeError, KeyError, IndexError):
            return {}


def _parsed(folders: Any, names: bytes) -> dict[str, Folder]:
    every = names.decode("utf-8", "surrogateescape")
    found: dict[str, Folder] = {}
    start = 0
    for place, (device, inode, modified), inner, length, count, links, others in folders:
        images = every[start : start + length]
        start += length + 1
        found[place] = Folder((device, inode, modified), tuple(inner), images, count, tuple(links), Counter(others))
    return found


def listed(place: str, stamp: _Stamp) -> Folder:
    """List a folder whose state was `stamp` before. Raises OSError."""
    from explorer.data.cache.memo import FRESH_NS

    with os.scandir(place) as found:
        entries = list(found)
    inner: list[str] = []
    links: set[str] = set()
    # Asked by `map` and not in a loop, which takes twice the time.
    if any(map(os.DirEntry.is_dir, entries)):
        inner = sorted(entry.name for entry in entries if entry.is_dir() and not entry.name.startswith("."))
        entries = [entry for entry in entries if not entry.is_dir()]
    if any(map(os.DirEntry.is_symlink, entries)):
        links = {entry.name for entry in entries if entry.is_symlink()}
    images, count, others = _divided(sorted(map(_NAME, entries)))
    is_fresh = time.time_ns() - stamp[2] <= FRESH_NS
    some = tuple(sorted(links.intersection(images.split("\0")))) if links else ()
    return Folder((0, 0, 0) if is_fresh else stamp, tuple(inner), images, count, some, others)


def _divided(names: list[str]) -> tuple[str, int, Counter[str]]:
    """The images among sorted names, joined, their number, and that of others by suffix."""
    others: Counter[str] = Counter()
    first, last = bisect_left(names, "."), bisect_left(names, "/")  # "/" follows ".": hidden names are between
    if first < last:
        names = names[:first] + names[last:]
    joined = "\0".join(names)
    ends = joined + "\0"
    if _all_end(ends, len(names)):  # quick, since it asks for no single name
        return joined, len(names), others
    images = []
    for name in names:
        suffix = suffix_of(name)
        if suffix in SUFFIXES:
            images.append(name)
        elif name.lower() not in CLUTTER:
            others[suffix] += 1
    return "\0".join(images), len(images), others


def _all_end(ends: str, count: int) -> bool:
    """Whether `count` names, with "\\0" after each, all have one of the usual suffixes."""
    for suffix in _USUAL:
        count -= ends.count(f"{suffix}\0")
        if count == 0:
            return True
    return False


def suffix_of(name: str) -> str:
    """The suffix of a file name in lower case, as that of `Path`; "" where there is none."""
    at = name.rfind(".")
    return name[at:].lower() if 0 < at < len(name) - 1 else ""

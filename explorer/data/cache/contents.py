"""What samples are made of, as hashes: of a file's bytes, or of the words that a generated one is made from."""

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import cv2
import PIL

from explorer.base.names import shown
from explorer.data.cache.log import CheckedLog
from explorer.data.cache.record import FORMAT
from explorer.data.dataset import Split
from explorer.data.fit import Fit
from explorer.data.images import ImageError

MEMO = "contents.log"  # where hashes are kept, in the folder of the cache
KEY_BYTES = 16
_DIGEST_BYTES = 8
FRESH_NS = 2_000_000_000  # a file changed twice within the grain of its file system's clock looks the same
_AT_ONCE = 64  # files between two looks whether to go on
_MEMO_BYTES = 50_000_000  # a million files


class Stamp(NamedTuple):
    """Identifies a version of a file without reading it."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


def stamp(source: Path | str) -> Stamp | None:
    """The stamp of a file; None for words, which cannot change. Raises ImageError."""
    if isinstance(source, str):
        return None
    try:
        found = source.stat()
    except OSError as error:
        raise _unreadable(source, error) from error
    if not stat.S_ISREG(found.st_mode):
        raise ImageError(f"{source.name} is not a file. Put an image in its place, or remove it.")
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


class Contents:
    """Hashes of contents. A file that has not changed since it was last read is not read again.

    Threads may share it.
    """

    def __init__(self, memo: Path | None) -> None:
        """memo: the file in which hashes are kept; None keeps none. Where it cannot be read, files are read again."""
        self._log = CheckedLog(memo, f"<{KEY_BYTES}s{KEY_BYTES}s") if memo else None
        self._known: dict[bytes, bytes] = {}
        self._new: list[tuple[bytes, bytes]] = []
        with contextlib.suppress(OSError):
            if memo and memo.exists() and memo.stat().st_size > _MEMO_BYTES:
                memo.unlink(missing_ok=True)
            self._known = dict(self._log.read()) if self._log else {}

    def of(self, source: Path | str) -> tuple[Stamp | None, bytes]:
        """The stamp of a source and the 16 bytes of its hash. Raises ImageError."""
        found = stamp(source)
        if isinstance(source, str) or found is None:
            return None, _hash(shown(str(source)).encode())
        key = _hash(repr((os.fspath(source.absolute()), *found)).encode())
        known = self._known.get(key)
        if known is None:
            known = _read(source)
            if time.time_ns() - max(found.modified_ns, found.changed_ns) > FRESH_NS:
                self._new.append((key, known))
        return found, known

    def keep(self) -> None:
        """Write what is new, where it can be written."""
        if self._log and self._new:
            new, self._new = self._new, []
            with contextlib.suppress(OSError):
                self._log.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._log.append(new)


def of_split(split: Split, contents: Contents, pool: ThreadPoolExecutor) -> Iterator[list[tuple[Stamp | None, bytes]]]:
    """The stamps and hashes of all samples of a split in their order, some at a time. Raises ImageError."""
    for start in range(0, len(split), _AT_ONCE):
        portion = range(start, min(start + _AT_ONCE, len(split)))
        yield list(pool.map(lambda index: contents.of(split.source(index)), portion))
    contents.keep()


def new_digest() -> "hashlib.blake2b":
    """What sums up the hashes of all samples."""
    return hashlib.blake2b(digest_size=_DIGEST_BYTES)


def digest_of(split: Split, memo: Path | None, threads: int, tell: Callable[[int], None]) -> str:
    """A hash of all that the samples of a split are made of, in hexadecimal: the same that a cache of it has.

    Args:
        split: whose samples are meant.
        memo: as that of `Contents`.
        threads: that read files at once.
        tell: called with the number of samples that are done; what it raises ends the work.

    Raises:
        ImageError: a file cannot be read.
    """
    digest, done = new_digest(), 0
    with ThreadPoolExecutor(threads) as pool:
        for portion in of_split(split, Contents(memo), pool):
            for _, content in portion:
                digest.update(content)
            done += len(portion)
            tell(done)
    return digest.hexdigest()


def key(content: bytes, fit: Fit, reading: str) -> bytes:
    """16 bytes that stand for a content at that size, as this version of the libraries makes it.

    reading: what the pixels depend on besides the content (`Split.reading`), such as the range of deep values.
    """
    how = (fit.most, fit.least, fit.square, reading)
    return _hash(repr((FORMAT, cv2.__version__, PIL.__version__, how, content)).encode())


def name(words: str, fit: Fit) -> str:
    """What stands for a data set at that size. words: name the data set."""
    return _hash(repr((words, fit)).encode()).hex()


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=KEY_BYTES).digest()


def _read(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=KEY_BYTES)).digest()
    except OSError as error:
        raise _unreadable(source, error) from error


def _unreadable(source: Path, error: OSError) -> ImageError:
    return ImageError(f"{source.name} cannot be read: {os.strerror(error.errno) if error.errno else error}.")

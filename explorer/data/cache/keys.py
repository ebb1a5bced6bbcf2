"""What samples are made of, as hashes: of a file's bytes, or of the words that a generated one is made from."""

import hashlib
import os
import stat
import time
from pathlib import Path
from typing import NamedTuple

import cv2
import PIL

from explorer.base.names import shown
from explorer.data.cache.log import CheckedLog
from explorer.data.cache.record import FORMAT
from explorer.data.fit import Fit
from explorer.data.images import ImageError

MEMO = "contents.log"  # where hashes are kept, in the folder of the cache
_SIZE = 16  # bytes of a hash
FRESH_NS = 2_000_000_000  # a file changed twice within the grain of its file system's clock looks the same
_AT_ONCE = 512  # new hashes written together
_MEMO_BYTES = 50_000_000  # a million files


class Stamp(NamedTuple):
    """What tells, without reading it, that a file is as it was."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


def stamp(source: Path | str) -> Stamp | None:
    """Of a file; None of words, which cannot change. Raises ImageError."""
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
        """memo: the file in which hashes are kept; None keeps none. Raises OSError."""
        self._log = CheckedLog(memo, f"<{_SIZE}s{_SIZE}s") if memo else None
        if memo and memo.exists() and memo.stat().st_size > _MEMO_BYTES:
            memo.unlink(missing_ok=True)
        self._known: dict[bytes, bytes] = dict(self._log.read()) if self._log else {}
        self._new: list[tuple[bytes, bytes]] = []

    def of(self, source: Path | str, found: Stamp | None) -> bytes:
        """16 bytes. found: the file's `stamp`, taken before. Raises ImageError."""
        if isinstance(source, str) or found is None:
            return _hash(shown(str(source)).encode())
        key = _hash(repr((os.fspath(source.absolute()), *found)).encode())
        known = self._known.get(key)
        if known is None:
            known = _read(source)
            if time.time_ns() - max(found.modified_ns, found.changed_ns) > FRESH_NS:
                self._new.append((key, known))
        return known

    def keep(self, *, all_of_it: bool = False) -> None:
        """Write what is new, where it is much. Raises OSError."""
        if self._log and self._new and (all_of_it or len(self._new) >= _AT_ONCE):
            new, self._new = self._new, []
            self._log.append(new)


def key(content: bytes, fit: Fit, reading: str) -> bytes:
    """16 bytes that stand for a content at that size, as this version of the libraries makes it.

    reading: what the pixels depend on besides the content (`Split.reading`), such as the range of deep values.
    """
    how = (fit.most, fit.least, fit.square, reading)
    return _hash(repr((FORMAT, cv2.__version__, PIL.__version__, how, content)).encode())


def beginning(fit: Fit) -> str:
    """Of the names of all files with images of that size."""
    return f"{fit.most}px-" if fit.square else f"{fit.least}-{fit.most}px-"


def name(words: str, fit: Fit) -> str:
    """What the file of a data set at that size is called. words: tell the data set from others."""
    return f"{beginning(fit)}{_hash(words.encode()).hex()[:16]}"


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_SIZE).digest()


def _read(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=_SIZE)).digest()
    except OSError as error:
        raise _unreadable(source, error) from error


def _unreadable(source: Path, error: OSError) -> ImageError:
    return ImageError(f"{source.name} cannot be read: {os.strerror(error.errno) if error.errno else error}.")

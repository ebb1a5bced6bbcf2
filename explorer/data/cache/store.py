"""Records in files, one for each image, named after a hash of what the image is made of."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.base.atomic import write_atomic
from explorer.data.cache.memo import CHECK_BYTES, checksum
from explorer.data.cache.record import Bytes

_NOTE_EVERY_S = 300.0  # between two notes that a file is used
_IN_USE_S = 900.0  # a file that was used in this time is not deleted
_counting = threading.Lock()


class Store:
    """The files in a folder, which processes and threads may share; it can be pickled for loader workers.

    A file is written under another name and then renamed, so that it is whole or missing. A checksum detects one that
    the disk has damaged.

    Attributes:
        folder: where the files are.
        takes: whether files may be added.
        trouble: why no more files may be added, in a sentence; empty while all is well.
        needed: keys of the files that are not deleted to make room.
    """

    def __init__(self, folder: Path, limit: int, full: str) -> None:
        """Choose a folder, which `open` makes. limit: bytes for all files. full: the trouble once they take that."""
        self.folder = folder
        self.trouble = ""
        self.takes = limit > 0
        self.needed: frozenset[bytes] = frozenset()
        self._limit = limit
        self._full = full
        self._room: int | None = None  # bytes that may still be written; None before the files were counted

    def open(self) -> None:
        """Make the folder, and delete what older versions have left in it."""
        if self.takes:
            try:
                # 0700: it holds pictures of the person who made it.
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                for path in (*self.folder.glob("*.pack"), *self.folder.glob("*.index")):
                    path.unlink(missing_ok=True)
            except OSError as error:
                self._close(error)

    def _path(self, key: bytes) -> str:
        name = key.hex()
        return f"{self.folder}/{name[:2]}/{name[2:]}"  # text, because to make a Path takes longer than to look

    def has(self, key: bytes) -> bool:
        """Whether there is a file; its time is set to now, so that it counts as in use."""
        try:
            os.utime(self._path(key))
        except OSError:
            return False
        return self._limit > 0

    def read(self, key: bytes) -> Bytes | None:
        """The record of a key in an array that may be changed; None where there is none.

        A damaged file is deleted. Files are read and not mapped, because mapped pages would count as memory of the
        process beyond its budget.
        """
        path = self._path(key)
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            status = os.fstat(descriptor)
            content = np.empty(status.st_size, np.uint8)
            count = os.readv(descriptor, [content.data])
            if status.st_mtime < time.time() - _NOTE_EVERY_S:
                os.utime(descriptor)
        except OSError:
            return None
        finally:
            os.close(descriptor)
        record, check = content[:-CHECK_BYTES], content[-CHECK_BYTES:].tobytes()
        if count == len(content) and checksum(record.data) == check:
            return record
        with contextlib.suppress(OSError):
            Path(path).unlink()
        return None

    def add(self, key: bytes, record: Bytes) -> bool:
        """Keep a record where there is room for it. Returns whether it is kept."""
        try:
            with _counting:  # until the file is there, so that a count of all files misses none
                if self.takes and self._make_room(_on_disk(len(record) + CHECK_BYTES)):
                    path = Path(self._path(key))
                    path.parent.mkdir(mode=0o700, exist_ok=True)
                    # Not synced: the checksum detects what a power cut has torn.
                    write_atomic(path, lambda file: file.writelines((record.data, checksum(record.data))), sync=False)
                    return True
        except OSError as error:
            self._close(error)
        return False

    def _close(self, error: OSError) -> None:
        self.takes = False
        self.trouble = f"Nothing more can be kept in {self.folder} ({error.strerror or error})"

    def _make_room(self, size: int) -> bool:
        """Whether `size` bytes may be written, which count as written from then on."""
        if self._room is None or size > self._room:
            self._room = self._limit - self._delete_oldest(self._limit - size)
        if size > self._room:
            self.takes, self.trouble = False, self._full
            return False
        self._room -= size
        return True

    def _delete_oldest(self, most: int) -> int:
        """Delete the files that were used least recently until the rest takes `most` bytes. Returns what it takes."""
        found = sorted(files(self.folder))
        total = sum(size for _, size, _ in found)
        needed = {Path(self._path(key)) for key in self.needed} if total > most else set()
        for used, size, path in found:
            if total <= most or used > time.time() - _IN_USE_S:
                break
            if path not in needed:
                with contextlib.suppress(FileNotFoundError):
                    path.unlink()
                total -= size
        return total


def files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """Of each file when it was last used, in seconds since 1970, the bytes of the disk that it takes, and its path."""
    for path in folder.glob("??/*"):
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            yield status.st_mtime, _on_disk(status.st_size), path


def _on_disk(size: int) -> int:
    return -(-size // 4096) * 4096

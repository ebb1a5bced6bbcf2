"""A file of samples by the hash of what they are made of: filled by one process at a time, read by any number."""

import contextlib
import fcntl
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from explorer.data.cache.log import CheckedLog
from explorer.data.cache.record import Bytes

_DATA, _INDEX = ".pack", ".index"
_LAYOUT = "<16sQII"  # digest, offset, length, crc32


class Place(NamedTuple):
    """Where a record lies in its file, in bytes, and its checksum."""

    offset: int
    length: int
    crc: int


class Pack:
    """Records in `<name>.pack`, and in `<name>.index` which of them are done.

    Bytes first, then the entry of the index, with the checksum of the bytes: a record that a kill or a power cut has
    torn is not in the index, or does not match it, and is made again.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.data = folder / f"{name}{_DATA}"
        self.index = folder / f"{name}{_INDEX}"
        self._log = CheckedLog(self.index, _LAYOUT)
        self._file = -1

    def __getstate__(self) -> tuple[Path, str]:
        # An open file does not travel to a loader worker that is not forked.
        return self.data.parent, self.data.stem

    def __setstate__(self, state: tuple[Path, str]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    def __del__(self) -> None:
        if getattr(self, "_file", -1) >= 0:
            os.close(self._file)

    def hold(self) -> bool:
        """Keep its file open: who deletes the oldest files takes nothing from runs that use them.

        Whether there is one. Raises OSError.
        """
        if self._file < 0:
            try:
                self._file = os.open(self.data, os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return False
        return True

    def places(self) -> Iterator[tuple[bytes, Place]]:
        """(digest, where its record lies) of all that are done, oldest first. Raises OSError."""
        return ((digest, Place(*place)) for digest, *place in self._log.read())

    def used(self) -> None:
        """Note that it is in use: the oldest are deleted first. Raises OSError."""
        with contextlib.suppress(FileNotFoundError):  # deleted meanwhile; we still hold it
            os.utime(self.index)

    def read(self, place: Place) -> Bytes | None:
        """The bytes of a record, free to be changed; None where they are not what was written. Raises OSError.

        Read and not mapped: the pages of a map count as memory of the process that has touched them, and a budget
        would not hold.
        """
        if not self.hold():
            return None
        record = np.empty(place.length, np.uint8)
        count = os.preadv(self._file, [record.data], place.offset)
        return record if count == place.length and zlib.crc32(record.data) == place.crc else None

    @contextlib.contextmanager
    def writing(self) -> Iterator["Writer | None"]:
        """The one who may append, until the block ends or the process dies; None where another process is it.

        Raises OSError where nothing can be written.
        """
        descriptor = os.open(self.data, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield Writer(self._log, descriptor) if _lock(descriptor, self.data) else None
        finally:
            os.close(descriptor)

    def delete(self) -> bool:
        """Delete both files, where nobody fills them just now; whether they are gone. Raises OSError."""
        descriptor = os.open(self.data, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if not _lock(descriptor, self.data):
                return False
            self.index.unlink(missing_ok=True)
            self.data.unlink(missing_ok=True)
            return True
        finally:
            os.close(descriptor)

    def size(self) -> int:
        """Bytes of the disk that both files take."""
        return sum(_taken(path) for path in (self.data, self.index))

    def last_use(self) -> float:
        """Seconds since 1970."""
        try:
            return self.index.stat().st_mtime
        except FileNotFoundError:
            return 0.0


class Writer:
    """Appends to a pack that its process has locked."""

    def __init__(self, log: CheckedLog, descriptor: int) -> None:
        self._log = log
        self._descriptor = descriptor
        # What lies behind the last record that is done was left by somebody who was killed.
        self._end = max((offset + length for _, offset, length, _ in log.read()), default=0)

    def append(self, records: Sequence[tuple[bytes, Bytes]]) -> list[Place]:
        """Add (digest, bytes); all of them are done when it returns, or none. Raises OSError (disk full)."""
        places, at = [], self._end
        for _, record in records:
            places.append(Place(at, len(record), zlib.crc32(record.data)))
            at += len(record)
        self._write(b"".join(record.data for _, record in records))
        self._log.append((digest, *place) for (digest, _), place in zip(records, places, strict=True))
        self._end = at
        return places

    def _write(self, content: bytes) -> None:
        rest, at = memoryview(content), self._end
        while rest:
            count = os.pwrite(self._descriptor, rest, at)
            rest, at = rest[count:], at + count


def packs(folder: Path, beginning: str = "") -> list[Pack]:
    """Packs of a folder whose names begin so, those used last first; none where there is no folder."""
    found = [Pack(folder, path.stem) for path in folder.glob(f"{beginning}*{_DATA}")]
    return sorted(found, key=lambda pack: -pack.last_use())


def _lock(descriptor: int, path: Path) -> bool:
    """Whether the lock of the file at `path` is ours now; not of one that was deleted while we opened it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _taken(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512  # st_blocks counts in 512 bytes on every system
    except FileNotFoundError:
        return 0

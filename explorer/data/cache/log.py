"""Files of small records of one size, each with a checksum: only ever appended to, and torn ones are passed over."""

import fcntl
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_CHECK = struct.Struct("<I")


class CheckedLog:
    """Records of one layout in a file that several processes may read and append to.

    A kill, a full disk or a power cut can only cost the last records: whatever fails its checksum is passed over.
    """

    def __init__(self, path: Path, layout: str) -> None:
        """layout: of a record, as `struct` writes it, such as "<16sQ"."""
        self.path = path
        self._layout = struct.Struct(layout)
        self._size = self._layout.size + _CHECK.size

    def read(self) -> Iterator[tuple[Any, ...]]:
        """The good records, oldest first; none of a file that is not there. Raises OSError."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        whole = memoryview(content)[: len(content) - len(content) % self._size]
        for start in range(0, len(whole), self._size):
            record = whole[start : start + self._size]
            if _is_good(record):
                yield self._layout.unpack(record[: -_CHECK.size])

    def append(self, records: Iterable[tuple[Any, ...]]) -> None:
        """Add records, or none where there is no room for all of them. Raises OSError."""
        data = b"".join(_checked(self._layout.pack(*record)) for record in records)
        if not data:
            return
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)  # for microseconds
            size = os.fstat(descriptor).st_size
            end = size - size % self._size  # over what a writer that was killed has left torn
            if os.pwrite(descriptor, data, end) != len(data):
                os.ftruncate(descriptor, end)
                raise OSError(f"Only a part of {len(data)} bytes could be written to {self.path}.")
        finally:
            os.close(descriptor)


def _checked(record: bytes) -> bytes:
    return record + _CHECK.pack(zlib.crc32(record))


def _is_good(record: memoryview) -> bool:
    return bool(_CHECK.unpack(record[-_CHECK.size :])[0] == zlib.crc32(record[: -_CHECK.size]))

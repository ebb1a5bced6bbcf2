"""Facts about files that are kept between runs, so that a file is read again only after it has changed."""

import contextlib
import hashlib
import os
import stat
import time
import zlib
from pathlib import Path
from typing import NamedTuple

from explorer.base.atomic import write_bytes_atomic
from explorer.data.stored import ImageError, unreadable

KEY_BYTES = 16
FRESH_NS = 2_000_000_000  # a file changed twice within the grain of its file system's clock looks the same
CHECK_BYTES = 4
_MOST = 1_000_000  # files


class Stamp(NamedTuple):
    """Identifies a version of a file without reading it."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


def stamp_of(file: Path) -> Stamp:
    """The stamp of a file. Raises ImageError where there is no file."""
    try:
        status = file.stat()
    except OSError as error:
        raise unreadable(file.name, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise ImageError(f"{file.name} is not a file. Put an image in its place, or remove it.")
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


class Memo:
    """A value of a few bytes for each version of a file; threads may share it.

    On the disk it is one file of keys and values with a checksum, which is replaced as a whole. Of two processes that
    save at the same moment one may lose what it has added: the images are then read again.
    """

    def __init__(self, path: Path | None, value_bytes: int, version: str = "") -> None:
        """Read what is known.

        Args:
            path: the file of the memo; None keeps nothing. A missing or damaged one counts as empty.
            value_bytes: the length of each value.
            version: what the values depend on besides the files.
        """
        self._path = path
        self._record_bytes = KEY_BYTES + value_bytes
        self._version = version
        self._new: dict[bytes, bytes] = {}
        self._known = self._read()

    def get(self, file: Path, stamp: Stamp) -> bytes | None:
        """The value of this version of a file; None where it is not known."""
        return self._known.get(self._key(file, stamp))

    def add(self, file: Path, stamp: Stamp, value: bytes) -> None:
        """Note a value for `save`, unless the file was changed so lately that its next change may look the same."""
        if time.time_ns() - max(stamp.modified_ns, stamp.changed_ns) > FRESH_NS:
            self._new[self._key(file, stamp)] = value

    def save(self) -> None:
        """Write what was added. Where it cannot be written, the files are read again the next time."""
        if not self._new or self._path is None:
            return
        records = [key + value for key, value in (self._read() | self._new).items()]
        content = b"".join(records[-_MOST:])
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, exist_ok=True)  # no parents: a home that was deleted stays so
            write_bytes_atomic(self._path, content + checksum(content), sync=False)
        self._new = {}

    def _read(self) -> dict[bytes, bytes]:
        try:
            content = self._path.read_bytes() if self._path else b""
        except OSError:
            return {}
        records, check = content[:-CHECK_BYTES], content[-CHECK_BYTES:]
        size = self._record_bytes
        if len(records) % size or checksum(records) != check:
            return {}
        return {
            records[at : at + KEY_BYTES]: records[at + KEY_BYTES : at + size] for at in range(0, len(records), size)
        }

    def _key(self, file: Path, stamp: Stamp) -> bytes:
        words = repr((self._version, os.fspath(file.absolute()), *stamp))
        return hashlib.blake2b(words.encode(), digest_size=KEY_BYTES).digest()


def checksum(content: bytes | memoryview) -> bytes:
    """The CHECK_BYTES bytes that detect damage."""
    return zlib.crc32(content).to_bytes(CHECK_BYTES, "little")

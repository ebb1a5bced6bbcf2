"""What was measured of each version of a file, kept between measurements so that an interrupted one goes on."""

import contextlib
import hashlib
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from explorer.base.home import home
from explorer.data.cache.memo import FRESH_NS, KEY_BYTES, Stamp

_MOST = 3_000_000  # rows, about 1 GB
_TABLE = "create table if not exists looks (key blob primary key, value blob, words text) without rowid"
_AT_ONCE = 500  # keys of one query
_WAIT_S = 30.0  # for another process that writes
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)  # not: locked, full, no permission


def path() -> Path:
    """The file with the measurements of all images, whatever data set they are in."""
    return home() / "cache" / "overview" / "looks.sqlite"


def key_of(what: str, file: Path, stamp: Stamp) -> bytes | None:
    """The key of a version of a file; None while it is so new that its next change may look the same.

    Args:
        what: what the values depend on besides the file.
        file: the file.
        stamp: that of the file before it is read.
    """
    if time.time_ns() - max(stamp.modified_ns, stamp.changed_ns) <= FRESH_NS:
        return None
    words = repr((what, os.fspath(file.absolute()), *stamp))
    return hashlib.blake2b(words.encode("utf-8", "surrogateescape"), digest_size=KEY_BYTES).digest()


class Kept:
    """A table of keys with bytes and words. Processes may share its file; threads may not share an object.

    A damaged file counts as empty and is replaced. Where it cannot be written, or another process keeps it locked,
    nothing is kept and `trouble` says why.
    """

    def __init__(self, file: Path | None = None) -> None:
        """Open the table. file: instead of that of the home."""
        self.trouble = ""
        self._file = file or path()
        self._database: sqlite3.Connection | None = None
        try:
            self._database = self._opened()
        except sqlite3.DatabaseError as error:
            # The low byte is the kind of error; what is above it says more.
            if self._file.is_file() and error.sqlite_errorcode & 0xFF in _DAMAGED:
                self._discard()
            else:
                self.trouble = str(error)
        except OSError as error:
            self.trouble = error.strerror or str(error)

    def _opened(self) -> sqlite3.Connection:
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = sqlite3.connect(self._file, timeout=_WAIT_S)
        # No full sync: after a power cut the images are measured again.
        database.executescript(f"pragma journal_mode=wal; pragma synchronous=off; {_TABLE};")
        return database

    def _discard(self) -> None:
        try:
            for suffix in ("", "-wal", "-shm"):
                self._file.with_name(self._file.name + suffix).unlink(missing_ok=True)
            self._database = self._opened()
        except (OSError, sqlite3.Error) as error:
            self._database, self.trouble = None, str(error)

    def get(self, keys: Sequence[bytes]) -> dict[bytes, tuple[bytes, str]]:
        """The values of those keys that are known."""
        found: dict[bytes, tuple[bytes, str]] = {}
        for start in range(0, len(keys), _AT_ONCE):
            some = keys[start : start + _AT_ONCE]
            query = f"select key, value, words from looks where key in ({','.join('?' * len(some))})"
            with contextlib.suppress(sqlite3.Error):
                if self._database is not None:
                    rows = self._database.execute(query, some)
                    found.update({key: (value, words) for key, value, words in rows})
        return found

    def add(self, values: Mapping[bytes, tuple[bytes, str]]) -> None:
        """Keep values; they are on the disk when this returns."""
        rows: Iterable[tuple[bytes, bytes, str]] = ((key, *value) for key, value in values.items())
        try:
            if self._database is not None and values:
                with self._database:
                    self._database.executemany("insert or replace into looks values (?, ?, ?)", rows)
        except sqlite3.Error as error:
            self.trouble = str(error)

    def close(self) -> None:
        """Close the file, which is emptied once it holds too much."""
        with contextlib.suppress(sqlite3.Error):
            if self._database is not None:
                (count,) = self._database.execute("select count(*) from looks").fetchone()
                if count > _MOST:
                    self._database.execute("delete from looks")
                    self._database.commit()
                self._database.close()

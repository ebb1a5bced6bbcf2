"""Small blobs by key in one SQLite file, which processes share and which a kill at any moment leaves whole.

The file is opened for each call, so that no connection lives in a process that is forked meanwhile. A file that is
damaged is not repaired: one with the next number takes its place.
"""

import contextlib
import os
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from explorer.base.home import made_home

FORMAT = 1  # to be raised with each change of the tables; files of other formats are deleted
_PAGE = 16_384  # bytes; with SQLite's 4,096 each vector of 2.5 kB would fill a page of its own
_AT_ONCE = 500  # keys in one question; SQLite takes at most 999 values in older versions
_PATIENCE_S = 30.0  # with another process that writes
_NOTE_EVERY_S = 600.0  # between two notes that a blob is used
_IN_USE_S = 3600.0  # a blob that was used in this time is not deleted
_OVERHEAD = 1.1  # what the file takes for a byte of a blob
_SHARE_DELETED = 0.02  # of all blobs, at a time
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ")
# The blobs are in a table of their own, so that the notes of their use are read and written without them.
_TABLES = """
CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, used INTEGER NOT NULL,
                                 checksum INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS by_use ON kept (used);
CREATE TABLE IF NOT EXISTS content (id INTEGER PRIMARY KEY, blob BLOB NOT NULL);
"""
_T = TypeVar("_T")


class Blobs:
    """Blobs by key in a folder, within a limit; those that were used least recently are deleted to make room.

    Attributes:
        folder: The folder of the file, which is made with the first blob.
        trouble: Why nothing more is kept, in a sentence; empty while all is well.
    """

    def __init__(self, folder: Path, limit: int, full: str) -> None:
        """Choose a folder. limit: Bytes of the file. full: The trouble once blobs in use take that."""
        self.folder = folder
        self.trouble = ""
        self._limit = limit
        self._full = full

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """Read the blobs of keys; those that are absent or damaged are left out."""
        if self._limit <= 0 or not self._files():
            return {}
        return self._try(lambda connection: _read(connection, keys)) or {}

    def add(self, blobs: Mapping[bytes, bytes]) -> None:
        """Keep blobs, all of them or none; where that is impossible, `trouble` says why."""
        if self._limit <= 0 or self.trouble or not blobs:
            return
        if self._try(lambda connection: self._write(connection, blobs)) is False:
            self.trouble = self._full

    def _write(self, connection: sqlite3.Connection, blobs: Mapping[bytes, bytes]) -> bool:
        connection.execute("BEGIN IMMEDIATE")
        if not _make_room(connection, self._limit - int(_OVERHEAD * sum(map(len, blobs.values())))):
            connection.execute("ROLLBACK")
            return False
        now = int(time.time())
        for key, blob in blobs.items():
            connection.execute("DELETE FROM content WHERE id = (SELECT id FROM kept WHERE key = ?)", (key,))
            added = connection.execute(
                "INSERT OR REPLACE INTO kept (key, used, checksum) VALUES (?, ?, ?)", (key, now, zlib.crc32(blob))
            )
            connection.execute("INSERT OR REPLACE INTO content VALUES (?, ?)", (added.lastrowid, blob))
        connection.execute("COMMIT")
        return True

    def _try(self, work: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Do something with the file; None, and perhaps a trouble, where it cannot be used."""
        path = self._newest()
        try:
            with self._opened(path) as connection:
                return work(connection)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname.startswith(_DAMAGED):
                self._replace(path)
            else:
                self._note(str(error))
        except OSError as error:
            self._note(error.strerror or str(error))
        return None

    def _note(self, why: str) -> None:
        self.trouble = f"Nothing more can be kept in {self.folder} ({why})"

    @contextlib.contextmanager
    def _opened(self, path: Path) -> Iterator[sqlite3.Connection]:
        if not self.folder.is_dir():
            made_home()
            # 0700: it holds what was computed from images of the person who made it.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Autocommit: transactions are begun by hand.
        connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
        try:
            connection.execute(f"PRAGMA page_size = {_PAGE}")
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")  # readers and a writer do not wait for each other
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_TABLES)
            yield connection
        finally:
            connection.close()

    def _path(self, number: int) -> Path:
        return self.folder / f"format-{FORMAT}-{number:06d}.sqlite"

    def _files(self) -> list[Path]:
        """The files in the order of their numbers; all but the last are damaged."""
        return sorted(self.folder.glob(f"format-{FORMAT}-*.sqlite"))

    def _newest(self) -> Path:
        return (self._files() or [self._path(1)])[-1]

    def _replace(self, opened: Path) -> None:
        """Go on with an empty file under the next number, unless another process did so since a file was opened.

        The number changes because other processes may still have the damaged file open, with its journal beside it.
        """
        damaged = self._files()
        if not damaged or damaged[-1] != opened:
            return
        number = int(damaged[-1].stem.rpartition("-")[2]) + 1
        with contextlib.suppress(OSError):
            os.close(os.open(self._path(number), os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
            for path in damaged:
                for suffix in ("", "-wal", "-shm"):
                    Path(f"{path}{suffix}").unlink(missing_ok=True)


def _read(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    old: list[tuple[int]] = []
    before = time.time() - _NOTE_EVERY_S
    for start in range(0, len(keys), _AT_ONCE):
        asked = keys[start : start + _AT_ONCE]
        marks = ",".join("?" * len(asked))
        rows = connection.execute(
            f"SELECT id, key, used, checksum, blob FROM kept JOIN content USING (id) WHERE key IN ({marks})", asked
        )
        for row, key, used, checksum, blob in rows:
            if zlib.crc32(blob) == checksum:
                found[key] = blob
                if used < before:
                    old.append((row,))
    if old:
        _note_use(connection, old)
    return found


def _note_use(connection: sqlite3.Connection, rows: Sequence[tuple[int]]) -> None:
    with contextlib.suppress(sqlite3.OperationalError):  # a disk that is full or read-only can still be read
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"UPDATE kept SET used = {int(time.time())} WHERE id = ?", rows)
        connection.execute("COMMIT")


def _taken(connection: sqlite3.Connection) -> int:
    """Bytes of the file without its free pages."""
    pages, free = (int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "freelist_count"))
    return (pages - free) * int(connection.execute("PRAGMA page_size").fetchone()[0])


def _make_room(connection: sqlite3.Connection, most: int) -> bool:
    """Delete the blobs that were used least recently until the rest takes `most` bytes. Returns whether it does."""
    deleted = False
    while _taken(connection) > most:
        count = int(connection.execute("SELECT count(*) FROM kept").fetchone()[0])
        oldest = connection.execute(
            "SELECT id FROM kept WHERE used < ? ORDER BY used LIMIT ?",
            (int(time.time() - _IN_USE_S), 1 + int(_SHARE_DELETED * count)),
        ).fetchall()
        if not oldest:
            return False
        connection.executemany("DELETE FROM content WHERE id = ?", oldest)
        connection.executemany("DELETE FROM kept WHERE id = ?", oldest)
        deleted = True
    if deleted:
        connection.execute("PRAGMA incremental_vacuum").fetchall()  # gives the pages back to the disk
    return True

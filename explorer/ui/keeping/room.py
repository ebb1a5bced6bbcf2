"""Limits the total size of visitors' files, so that no session can fill the disk."""

import errno
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from explorer.base.home import made_home
from explorer.data.roots import uploads_folder
from explorer.runs.machine.capacity import in_words
from explorer.texts import Keeping as T
from explorer.ui.keeping import limits, places

_KNOWN_FOR_S = 30.0
_AGAIN_S = 1.0  # while there is no room


class NoRoom(OSError):
    """A file would exceed a limit, which `strerror` names. It is raised before anything is written."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EDQUOT, reason)


class _Look:
    """The bytes in use at one moment (`total`), and those that this process has written since (`written`)."""

    def __init__(self, place: Path) -> None:
        self.place, self.total, self.written = place, _taken(), 0
        self.made = time.monotonic()

    def is_good(self, most: float) -> bool:
        if self.place != made_home():
            return False
        # A written file may have replaced another one, which only a new look shows.
        known_for = _KNOWN_FOR_S if self.total + self.written <= most else 0.0 if self.written else _AGAIN_S
        return time.monotonic() - self.made < known_for


_lock = threading.Lock()
_last: list[_Look] = []


def check(more: int = 0) -> None:
    """Check that `more` bytes can be written, and count them as written. Raises NoRoom, OSError."""
    try:
        limit = limits.keep_bytes()
    except limits.WrongLimit:
        limit = limits.DEFAULT_MEGABYTES * limits.MB  # reported when the server started
    more = max(more, limits.BLOCK)
    with _lock:
        if not _last or not _last[0].is_good(limit - more):
            _last[:] = [_Look(made_home())]
        if _last[0].total + _last[0].written + more > limit:
            raise NoRoom(T.NO_ROOM.format(room=in_words(limit)))
        _last[0].written += more


def wrote(file: Path) -> None:
    """Count a file whose size was unknown before it was written."""
    with _lock, suppress(OSError):
        if _last:
            _last[0].written += file.stat().st_size


def check_upload(others: int, size: int) -> None:
    """Check that an upload of `size` bytes fits beside the `others` of its workspace. Raises NoRoom, OSError."""
    if others + size > limits.WORKSPACE_BYTES:
        raise NoRoom(T.TOO_LARGE.format(room=in_words(limits.WORKSPACE_BYTES)))
    check(size)


def check_data(more: int) -> None:
    """Check that `more` bytes fit beside the data sets and images that were uploaded. Raises NoRoom."""
    try:
        limit = limits.data_bytes()
    except limits.WrongLimit:
        limit = limits.DEFAULT_DATA_MEGABYTES * limits.MB  # reported when the server started
    if data_taken() + more > limit:
        raise NoRoom(T.NO_DATA_ROOM.format(room=in_words(limit)))


def _taken() -> int:
    """The bytes in the folders that visitors fill, with at least one block for each file."""
    total = 0
    for folder in places.filled():
        for entry in os.scandir(folder):
            with suppress(FileNotFoundError):
                total += max(entry.stat().st_size, limits.BLOCK)
    return total


def data_taken() -> int:
    """The bytes in the folder of uploaded data sets, with at least one block for each file and folder."""
    total = 0
    for place, folders, files in os.walk(uploads_folder()):
        total += limits.BLOCK * len(folders)
        for name in files:
            with suppress(OSError):
                total += max(Path(place, name).lstat().st_size, limits.BLOCK)
    return total

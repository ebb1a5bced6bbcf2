"""log.txt: limiting its size while it grows, reading its end, searching it and following it."""

import contextlib
import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from explorer.base.locks import lock

MOST_BYTES = 4_000_000
_HEAD_BYTES = 500_000  # kept of the beginning, which is as useful as the end
_TAIL_BYTES = 1_500_000
_LOOK_EVERY_S = 1.0
_SHOWN_BYTES = 262144
_FOLLOW_EVERY_S = 0.2
_CONTEXT_BYTES = 512


def write_any_name() -> None:
    """Let this process print names of files that are not UTF-8, with their bytes written out."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a test may have replaced it
            stream.reconfigure(errors="backslashreplace")


def shorten(path: Path, most: int = MOST_BYTES, head: int = _HEAD_BYTES, tail: int = _TAIL_BYTES) -> bool:
    """Remove the middle of a log that is larger than `most` bytes; False if it is not, or is being read.

    The file is changed in place, because the process that prints into it holds it open to append. What is printed at
    that moment may be lost. Raises OSError.
    """
    with path.open("r+b") as file:
        size = os.fstat(file.fileno()).st_size
        if size <= most or not _locked(file):
            return False
        beginning = file.read(head)
        beginning = beginning[: beginning.rfind(b"\n") + 1]
        file.seek(size - tail)
        end = file.read()
        end = end[end.find(b"\n") + 1 :]
        file.seek(len(beginning))
        file.write(f"[{size - len(beginning) - len(end):,} bytes left out: the log had grown too long]\n".encode())
        file.write(end)
        file.truncate()
    return True


def _locked(file: BinaryIO, *, shared: bool = False) -> bool:
    """Exclude `shorten` and `follow` from each other until the file is closed, without waiting."""
    try:
        return lock(file.fileno(), shared=shared)
    except OSError:  # a copy on a file system without locks: no process shortens it
        return True


@contextlib.contextmanager
def kept_short(path: Path) -> Iterator[None]:
    """Limit the size of the log of this process, from a thread, until the block ends."""
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK_EVERY_S):
            with contextlib.suppress(OSError):
                shorten(path)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def tail(path: Path, lines: int) -> str:
    """Return the last lines of a log, from its last 256 kB; empty where there is none. See `_shown`."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _SHOWN_BYTES))
            data = file.read()
    except FileNotFoundError:
        return ""
    kept = data.rstrip(b"\n").split(b"\n")[-lines:] if lines > 0 else []
    return "\n".join(map(_shown, kept))


def search(path: Path, text: str, most: int = 500) -> list[tuple[int, str]]:
    """Return at most `most` lines that hold `text`, ignoring case, with their numbers from 1.

    A missing log has no lines. An empty text is in every line.
    """
    found: list[tuple[int, str]] = []
    wanted = text.casefold()
    try:
        with path.open("rb") as file:
            for number, data in enumerate(file, 1):
                if len(found) >= most:
                    break
                line = _shown(data)
                if wanted in line.casefold():
                    found.append((number, line))
    except FileNotFoundError:
        return []
    return found


def follow(path: Path, over: Callable[[], bool], lines: int = 0) -> Iterator[str]:
    """Yield the last `lines` lines, then each line as it is printed, until `over` returns True and all was read.

    It continues at the right place if the log is shortened meanwhile.
    """
    reader = _Follower(path, lines)
    while True:
        last = over()  # asked first, so that all that was printed before the end is read
        yield from map(_shown, reader.new_lines(last))
        if last:
            return
        time.sleep(_FOLLOW_EVERY_S)


class _Follower:
    """Reads a growing file whose middle may be removed at any time."""

    def __init__(self, path: Path, lines: int) -> None:
        self._path = path
        self._offset = 0
        self._context = b""  # the bytes before the offset, to see whether the file was shortened
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            self._skip_all_but(lines, file.read())

    def _skip_all_but(self, lines: int, data: bytes) -> None:
        complete = data[: data.rfind(b"\n") + 1]
        kept = complete.split(b"\n")[:-1][-lines:] if lines > 0 else []
        self._move(complete[: len(complete) - sum(len(line) + 1 for line in kept)])

    def _move(self, passed: bytes) -> None:
        self._offset += len(passed)
        self._context = (self._context + passed)[-_CONTEXT_BYTES:]

    def new_lines(self, last: bool) -> list[bytes]:
        """Return the lines that came since the last call; with `last` also a line without a line break."""
        try:
            with self._path.open("rb") as file:
                if not _locked(file, shared=True):
                    return []
                self._find_place(file.fileno())
                file.seek(self._offset)
                data = file.read()
        except FileNotFoundError:
            return []
        passed = data if last else data[: data.rfind(b"\n") + 1]
        self._move(passed)
        return passed.removesuffix(b"\n").split(b"\n") if passed else []

    def _find_place(self, descriptor: int) -> None:
        begin = self._offset - len(self._context)
        if os.pread(descriptor, len(self._context), begin) == self._context:
            return
        data = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        found = data.rfind(self._context)
        self._offset = found + len(self._context) if found >= 0 else 0
        self._context = data[max(0, self._offset - _CONTEXT_BYTES) : self._offset]


def _shown(line: bytes) -> str:
    """Decode a line as a terminal shows it: of a progress bar, which overwrites itself, the last version."""
    return line.rstrip(b"\r\n").rpartition(b"\r")[2].decode("utf-8", "replace")
